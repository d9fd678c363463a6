package io.github.webhooks4j.jdbc;

import java.sql.SQLException;
import javax.sql.DataSource;

class PostgresRetentionRaceTest extends RetentionRaceContract {
    @Override
    DataSource newDatabase() throws SQLException {
        return PostgresServer.dataSource(
                PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
    }

    @Override
    String waiting() {
        return "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    }
}
