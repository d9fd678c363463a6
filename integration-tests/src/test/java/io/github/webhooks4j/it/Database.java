package io.github.webhooks4j.it;

import io.github.webhooks4j.DeliveryStore;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;

/** An H2 database and a pool of connections to it. */
final class Database implements AutoCloseable {
    private final JdbcConnectionPool pool;

    private Database(String url) {
        pool = JdbcConnectionPool.create(url, "sa", "");
        pool.setMaxConnections(20);
    }

    static Database at(String url) {
        return new Database(url);
    }

    static Database inMemory() {
        return new Database("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    }

    static Database inFolder(Path folder) {
        return new Database(fileUrl(folder));
    }

    static String fileUrl(Path folder) {
        return "jdbc:h2:file:" + folder.resolve("store");
    }

    /** A store, not yet open; each client needs one of its own. */
    DeliveryStore store() {
        return JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
    }

    Connection connect() throws SQLException {
        return pool.getConnection();
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
        return number("SELECT COUNT(*) FROM webhooks_attempts WHERE final_state = 'DELIVERED'");
    }

    /** The deliveries that are not finished, each as event id, space, webhook id. */
    Set<String> unfinished() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT e.id, d.webhook_id FROM webhooks_deliveries d"
                        + " JOIN webhooks_events e ON e.event_key = d.event_key")) {
            Set<String> unfinished = new HashSet<>();
            while (row.next()) {
                unfinished.add(row.getString(1) + " " + row.getString(2));
            }
            return unfinished;
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
        pool.dispose();
    }
}
