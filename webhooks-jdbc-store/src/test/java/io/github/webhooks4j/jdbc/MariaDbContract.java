package io.github.webhooks4j.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.contract.DeliveryStoreContract;
import io.github.webhooks4j.store.DeliveryStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The contract on MariaDB. Its clock is moved by hand: each connection is told the time when it is taken, so that the statements are
 * those of production.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
abstract class MariaDbContract extends DeliveryStoreContract {
    private final StoreClock clock = new StoreClock();
    private HikariDataSource pool;

    /** What is added to the URL of the driver, which begins with {@code &}. */
    String parameters() {
        return "";
    }

    void configure(HikariConfig pool) {}

    void configure(JdbcDeliveryStore.Builder builder) {}

    @Override
    protected DeliveryStore openStore() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(MariaDbServer.shared().newDatabase() + parameters());
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(0);
        configure(config);
        pool = new HikariDataSource(config);
        WatchedDataSource timed = new WatchedDataSource(pool, this::tellTime);
        JdbcDeliveryStore.Builder builder =
                JdbcDeliveryStore.builder(timed).secretKeys(SecretKeys.of("k1", new byte[32]));
        configure(builder);
        JdbcDeliveryStore store = builder.build();
        store.open();
        return store;
    }

    private void tellTime(Connection connection) throws SQLException {
        Instant now = clock.instant();
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "SET timestamp = " + now.getEpochSecond() + "." + String.format("%06d", now.getNano() / 1000));
        }
    }

    @Override
    protected void elapse(Duration duration) {
        clock.elapse(duration);
    }

    @AfterEach
    void everyConnectionIsBack() {
        int active = pool.getHikariPoolMXBean().getActiveConnections();
        pool.close();
        if (active != 0) {
            throw new AssertionError(active + " connections were not given back");
        }
    }
}
