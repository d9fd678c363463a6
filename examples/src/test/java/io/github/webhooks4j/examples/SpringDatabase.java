package io.github.webhooks4j.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.jdbc.MariaDbServer;
import io.github.webhooks4j.jdbc.PostgresServer;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases, and the pools before them, that Spring's transactions are tested with. */
enum SpringDatabase {
    POSTGRESQL,
    /** With a pool whose connections have auto-commit off, so that nothing is ever committed by accident. */
    POSTGRESQL_NO_AUTO_COMMIT,
    /** As it comes, with REPEATABLE READ transactions; on Linux on x86-64. */
    MARIADB,
    H2;

    private static final AtomicInteger NAMES = new AtomicInteger();

    /** A pool before a new, empty database. */
    HikariDataSource open() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        if (this == POSTGRESQL || this == POSTGRESQL_NO_AUTO_COMMIT) {
            config.addDataSourceProperty("socketTimeout", "30");
            config.addDataSourceProperty("options", "-c synchronous_commit=on");
        }
        config.setAutoCommit(this != POSTGRESQL_NO_AUTO_COMMIT);
        config.setMaximumPoolSize(16);
        return new HikariDataSource(config);
    }

    private String url() throws SQLException {
        return switch (this) {
            case H2 -> "jdbc:h2:mem:spring" + NAMES.incrementAndGet();
            case MARIADB -> {
                assumeTrue(MariaDbServer.runsHere(), "MariaDB runs on Linux on x86-64 only");
                yield MariaDbServer.shared().newDatabase();
            }
            case POSTGRESQL, POSTGRESQL_NO_AUTO_COMMIT ->
                PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase();
        };
    }
}
