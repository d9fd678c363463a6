package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the webhooks that have pending deliveries in one statement, which takes one index step for each. If there are more than are
 * asked for, the next scan begins where this one ends.
 */
final class SingleSkipScan implements SkipScan {
    private final Sql sql;
    private final String select;
    /** Where the next scan begins, if the last one did not see all. */
    private volatile String position = "";

    /**
     * A scan by this statement.
     *
     * @param select selects webhook id and time; binds the webhook behind which it begins, and a limit
     */
    SingleSkipScan(Sql sql, String select) {
        this.sql = sql;
        this.select = sql.of(select);
    }

    @Override
    public Map<String, Instant> next(Connection connection, int limit) throws SQLException {
        Map<String, Instant> found = new LinkedHashMap<>();
        String start = position;
        String last = scan(connection, start, limit, found);
        if (found.size() < limit && !start.isEmpty()) {
            last = scan(connection, "", limit - found.size(), found);
        }
        position = found.size() < limit ? "" : last;
        return found;
    }

    private String scan(Connection connection, String after, int limit, Map<String, Instant> found)
            throws SQLException {
        String last = after;
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setString(1, after);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    last = row.getString(1);
                    found.put(last, sql.instant(row, 2));
                }
            }
        }
        return last;
    }
}
