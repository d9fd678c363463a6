package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;

/**
 * For MariaDB, a grouping that its server makes by a loose index scan, or else reads every delivery for. Which of the two it is, the
 * server decides by its statistics, and they may still be those of an empty table: so it is asked first. If it would read them all, a
 * step is made for each webhook instead.
 */
final class LooseSkipScan implements SkipScan {
    private static final String SELECT = """
            SELECT webhook_id, MIN(next_at) FROM ${prefix}deliveries ${use deliveries_due} WHERE webhook_id > ?
            GROUP BY webhook_id LIMIT ?""";

    private static final String SKIPS = "Using index for group-by";

    private final SkipScan single;
    private final SkipScan stepping;
    private final String explain;

    LooseSkipScan(Sql sql) {
        single = new SingleSkipScan(sql, SELECT);
        stepping = new SteppingSkipScan(sql);
        explain = sql.of("EXPLAIN " + SELECT);
    }

    @Override
    public Map<String, Instant> next(Connection connection, int limit) throws SQLException {
        return (skips(connection, limit) ? single : stepping).next(connection, limit);
    }

    private boolean skips(Connection connection, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(explain)) {
            statement.setString(1, "");
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && String.valueOf(row.getString("Extra")).contains(SKIPS);
            }
        }
    }
}
