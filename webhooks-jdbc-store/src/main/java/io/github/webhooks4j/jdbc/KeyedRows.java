package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Selects the rows that have one of many keys. */
final class KeyedRows {
    private static final int MAX = 512;

    private KeyedRows() {}

    /** What is done with a row. */
    interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    /** Reads the rows that {@code select}, which ends with {@code IN}, finds for these keys. */
    static void select(Connection connection, String select, List<?> keys, Reader reader) throws SQLException {
        select(connection, select, keys, "", reader);
    }

    /** {@link #select} with something that follows the keys. */
    static void select(Connection connection, String select, List<?> keys, String more, Reader reader)
            throws SQLException {
        for (int from = 0; from < keys.size(); from += MAX) {
            List<?> chunk = keys.subList(from, Math.min(from + MAX, keys.size()));
            // Few different statements, so that caches of prepared statements have a use.
            int size = chunk.size() == 1 ? 1 : Integer.highestOneBit(chunk.size() - 1) * 2;
            try (PreparedStatement statement =
                    connection.prepareStatement(select + "(?" + ", ?".repeat(size - 1) + ")" + more)) {
                for (int i = 0; i < size; i++) {
                    statement.setObject(i + 1, chunk.get(Math.min(i, chunk.size() - 1)));
                }
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        reader.read(row);
                    }
                }
            }
        }
    }
}
