package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the webhooks that have pending deliveries by one short statement each, which is one index step. If there are more than are
 * asked for, the next scan begins where this one ends.
 */
final class SteppingSkipScan implements SkipScan {
    /** With {@code >} instead, H2 reads all deliveries of the webhook that it is to skip. */
    static final String FIRST = """
            SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id >= ?
            ORDER BY webhook_id, next_at, event_key LIMIT 1""";

    private final Sql sql;
    private final String first;
    /** Where the next scan begins, if the last one did not see all. */
    private volatile String position = "";

    SteppingSkipScan(Sql sql) {
        this.sql = sql;
        first = sql.of(FIRST);
    }

    @Override
    public Map<String, Instant> next(Connection connection, int limit) throws SQLException {
        Map<String, Instant> due = new LinkedHashMap<>();
        String next = position;
        boolean wrapped = next.isEmpty();
        try (PreparedStatement statement = connection.prepareStatement(first)) {
            while (due.size() < limit) {
                statement.setString(1, next);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next() && !due.containsKey(row.getString(1))) {
                        due.put(row.getString(1), sql.instant(row, 2));
                        next = row.getString(1) + '\0';
                    } else if (wrapped) {
                        next = "";
                        break;
                    } else {
                        next = "";
                        wrapped = true;
                    }
                }
            }
        }
        position = next;
        return due;
    }
}
