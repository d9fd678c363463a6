package io.github.webhooks4j.it;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.MariaDbServer;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** A database, of H2, PostgreSQL or MariaDB, and connections to it, pooled as an application would. */
final class Database implements AutoCloseable {
    private static final int CONNECTIONS = 20;

    private final DataSource pool;
    private final Runnable close;

    private Database(DataSource pool, Runnable close) {
        this.pool = pool;
        this.close = close;
    }

    static Database at(String url) {
        return url.startsWith("jdbc:h2:") ? h2(url) : server(url);
    }

    private static Database h2(String url) {
        JdbcConnectionPool pool = JdbcConnectionPool.create(url, "sa", "");
        pool.setMaxConnections(CONNECTIONS);
        return new Database(pool, pool::dispose);
    }

    /** Nobody waits for more than some seconds for a server that is away or hangs. */
    private static Database server(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.addDataSourceProperty("socketTimeout", isMariaDb(url) ? "10000" : "10");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.setConnectionTimeout(3_000);
        config.setValidationTimeout(2_000);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        HikariDataSource pool = new HikariDataSource(config);
        return new Database(pool, pool::close);
    }

    private static boolean isMariaDb(String url) {
        return url.startsWith("jdbc:mariadb:");
    }

    /** Without a pool, to look at a database that others have trouble with. */
    static Database unpooled(String url) {
        DataSource unpooled = isMariaDb(url) ? MariaDbServer.dataSource(url) : PostgresServer.dataSource(url);
        return new Database(unpooled, () -> {});
    }

    static Database inMemory() {
        return h2("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    }

    static Database inFolder(Path folder) {
        return h2(fileUrl(folder));
    }

    static String fileUrl(Path folder) {
        return "jdbc:h2:file:" + folder.resolve("store");
    }

    /** A store, not yet open; each client needs one of its own. */
    JdbcDeliveryStore store() {
        return JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
    }

    DataSource pool() {
        return pool;
    }

    /** How many deliveries are not finished. */
    int pending() throws SQLException {
        return number("SELECT COUNT(*) FROM webhooks_deliveries");
    }

    /** How many deliveries a node holds a claim on. */
    int claimed() throws SQLException {
        return number("SELECT COUNT(*) FROM webhooks_deliveries WHERE claims > 0");
    }

    /** How many deliveries ended with a 2xx answer. */
    int delivered() throws SQLException {
        return number("SELECT COUNT(*) FROM webhooks_attempts WHERE final_state = 1");
    }

    /** How many deliveries were canceled. */
    int canceled() throws SQLException {
        return number("SELECT COUNT(*) FROM webhooks_attempts WHERE final_state = 3");
    }

    /** How many attempts and ends are in the history. */
    int history() throws SQLException {
        return number("SELECT COUNT(*) FROM webhooks_attempts");
    }

    /** The deliveries that are not finished, each as event id, space, webhook id. */
    Set<String> unfinished() throws SQLException {
        return texts("SELECT CONCAT(e.id, ' ', d.webhook_id) FROM webhooks_deliveries d"
                + " JOIN webhooks_events e ON e.event_key = d.event_key");
    }

    /** The deliveries with an attempt that failed, which are sent again for that, each as event id, space, webhook id. */
    Set<String> failed() throws SQLException {
        return texts("SELECT CONCAT(e.id, ' ', a.webhook_id) FROM webhooks_attempts a"
                + " JOIN webhooks_events e ON e.event_key = a.event_key WHERE a.failure IS NOT NULL");
    }

    /** The ids of all events. */
    Set<String> events() throws SQLException {
        return texts("SELECT id FROM webhooks_events");
    }

    /** The first column of each row. */
    Set<String> texts(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            Set<String> texts = new HashSet<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        }
    }

    private int number(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Closes the pool; a file is closed with its last connection, a database in memory stays until the JVM ends. */
    @Override
    public void close() {
        close.run();
    }
}
