package io.github.webhooks4j.it;

import com.zaxxer.hikari.HikariConfig;
import io.github.webhooks4j.jdbc.MariaDbServer;
import java.sql.SQLException;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On MariaDB as it comes: transactions of the application are REPEATABLE READ. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class MariaDbTransactionTest extends TransactionTest {
    @Override
    void connect(HikariConfig config) throws SQLException {
        config.setJdbcUrl(MariaDbServer.shared().newDatabase());
    }
}
