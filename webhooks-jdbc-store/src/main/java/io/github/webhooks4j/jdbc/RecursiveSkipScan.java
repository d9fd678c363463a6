package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the webhooks that have pending deliveries in one recursive statement, one index step each: it skips from the first
 * delivery of a webhook to the first of the next. If there are more than are asked for, the next scan begins where this one ends.
 */
final class RecursiveSkipScan {
    static final String SELECT = """
            WITH RECURSIVE lane AS (
              (SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id > ?
                ORDER BY webhook_id, next_at, event_key LIMIT 1)
              UNION ALL
              SELECT following.* FROM lane CROSS JOIN LATERAL (
                SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id > lane.webhook_id
                ORDER BY webhook_id, next_at, event_key LIMIT 1) AS following)
            SELECT webhook_id, next_at FROM lane LIMIT ?""";

    private final Sql sql;
    private final String select;
    /** Where the next scan begins, if the last one did not see all. */
    private volatile String position = "";

    RecursiveSkipScan(Sql sql) {
        this.sql = sql;
        select = sql.of(SELECT);
    }

    /** The next webhooks, and when the earliest delivery of each is due. */
    Map<String, Instant> next(Connection connection, int limit) throws SQLException {
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
