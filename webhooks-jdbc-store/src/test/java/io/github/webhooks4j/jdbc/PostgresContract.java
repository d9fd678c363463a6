package io.github.webhooks4j.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.contract.DeliveryStoreContract;
import io.github.webhooks4j.store.DeliveryStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The contract on PostgreSQL. The server's clock is replaced by one that is moved by hand: a function of the same name that the
 * search path finds first, so that the statements are those of production.
 */
abstract class PostgresContract extends DeliveryStoreContract {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private HikariDataSource pool;

    PostgresServer.Version version() {
        return PostgresServer.Version.NEWEST;
    }

    void configure(PGSimpleDataSource driver) {}

    void configure(HikariConfig pool) {}

    void configure(JdbcDeliveryStore.Builder builder) {}

    /** The schema of the tables, where the search path leads to this one. */
    String tables(String schema) {
        return schema;
    }

    private static final class Database {
        static final java.util.Map<PostgresServer.Version, String> URLS =
                new java.util.concurrent.ConcurrentHashMap<>();

        static String url(PostgresServer.Version version) {
            return URLS.computeIfAbsent(version, wanted -> {
                try {
                    return PostgresServer.shared(wanted).newDatabase();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    @Override
    protected DeliveryStore openStore() throws SQLException {
        String schema = "s" + SCHEMAS.incrementAndGet();
        PGSimpleDataSource driver = PostgresServer.dataSource(Database.url(version()));
        PostgresServer.execute(
                driver,
                "CREATE SCHEMA " + schema,
                "CREATE TABLE " + schema + ".clock (now TIMESTAMPTZ)",
                "INSERT INTO " + schema + ".clock VALUES ('2026-03-29 01:30:00.123456Z')",
                "CREATE FUNCTION " + schema + ".statement_timestamp() RETURNS TIMESTAMPTZ STABLE LANGUAGE sql"
                        + " AS 'SELECT now FROM " + schema + ".clock'");
        driver.setCurrentSchema(schema + ",pg_catalog");
        configure(driver);
        HikariConfig config = new HikariConfig();
        config.setDataSource(driver);
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(0);
        configure(config);
        pool = new HikariDataSource(config);
        JdbcDeliveryStore.Builder builder =
                JdbcDeliveryStore.builder(pool).secretKeys(SecretKeys.of("k1", new byte[32]));
        configure(builder);
        String tables = tables(schema);
        if (!tables.equals(schema)) {
            PostgresServer.execute(driver, "CREATE SCHEMA \"" + tables + "\"");
            builder.schema(tables);
        }
        JdbcDeliveryStore store = builder.build();
        store.open();
        return store;
    }

    @Override
    protected void elapse(Duration duration) {
        try {
            execute(
                    pool,
                    "UPDATE clock SET now = now + " + PostgresDialect.micros(duration) + " * INTERVAL '1 microsecond'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
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
