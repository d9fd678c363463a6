package io.github.webhooks4j.jdbc;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class MariaDbRetentionRaceTest extends RetentionRaceContract {
    @Override
    DataSource newDatabase() throws SQLException {
        return MariaDbServer.dataSource(MariaDbServer.shared().newDatabase());
    }

    @Override
    String waiting() {
        return "SELECT VARIABLE_VALUE FROM INFORMATION_SCHEMA.GLOBAL_STATUS"
                + " WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'";
    }
}
