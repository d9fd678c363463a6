package io.github.webhooks4j.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.Rollups;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.mariadb.jdbc.MariaDbDataSource;

/** MariaDB counts the rows that a session reads; its statistics are those of the empty tables. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class MariaDbListRowsTest extends ListRowsContract {
    private JdbcDeliveryStore store;
    private HikariDataSource pool;

    @BeforeAll
    void fill() throws SQLException {
        MariaDbDataSource database =
                MariaDbServer.dataSource(MariaDbServer.shared().newDatabase());
        StoreRows.store(database).open();
        String key = "UNHEX(CONCAT(LPAD(n, 12, '0'), '70008000', LPAD(n, 12, '0')))";
        MariaDbServer.execute(
                database,
                "ALTER TABLE webhooks_attempts STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0",
                "ALTER TABLE webhooks_deliveries STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0",
                "ANALYZE TABLE webhooks_attempts, webhooks_deliveries",
                "INSERT INTO webhooks_attempts (" + COLUMNS + ") SELECT " + key
                        + ", UTC_TIMESTAMP(6), 1, 20, 1, 0, 200, "
                        + STATE + ", " + STATE + ", FALSE, " + WEBHOOK + ", " + TENANT + ", CONCAT('e', n), " + TYPE
                        + " FROM (SELECT seq AS n FROM seq_1_to_" + ENDED + ") AS numbers",
                "INSERT INTO webhooks_events (event_key, tenant, id, type, occurred_at, content_type, is_json, headers, data,"
                        + " created_at, webhooks) SELECT " + key + ", IF(n > " + ENDED
                        + ", 't1', 't2'), CONCAT('e', n), 'common',"
                        + " UTC_TIMESTAMP(6), 'application/json', TRUE, '{}', '{}', UTC_TIMESTAMP(6), 1"
                        + " FROM (SELECT seq AS n FROM seq_1_to_" + ALL + ") AS numbers"
                        + " WHERE n > " + ENDED + " OR MOD(n, 100000) = 0",
                "INSERT INTO webhooks_deliveries SELECT event_key, IF(tenant = 't1', 'backlog', 'few'), UTC_TIMESTAMP(6),"
                        + " UTC_TIMESTAMP(6), 0, 0, 0 FROM webhooks_events",
                "INSERT INTO webhooks_documents SELECT 'WEBHOOK', id, tenant, 1, 0, UTC_TIMESTAMP(6), FALSE, '{}', '{}', '{}'"
                        + " FROM (SELECT CONCAT('w', seq) AS id, IF(seq < 50, 't2', '') AS tenant FROM seq_0_to_96"
                        + " UNION ALL SELECT 'big', 't1' UNION ALL SELECT 'backlog', 't1'"
                        + " UNION ALL SELECT 'few', 't2') AS made");
        HikariConfig one = new HikariConfig();
        one.setDataSource(database);
        one.setMaximumPoolSize(1); // so that whoever asks for the numbers is who has read
        pool = new HikariDataSource(one);
        store = StoreRows.store(pool);
        store.open();
    }

    @AfterAll
    void close() {
        pool.close();
    }

    @Override
    DeliveryHistory history() {
        return store.history();
    }

    @Override
    Rollups rollups() {
        return store.rollups();
    }

    /** The end of a search is counted, too. */
    @Override
    int rowsOfAForgottenDelivery() {
        return 6;
    }

    /** So is what the server keeps of the subselect. */
    @Override
    int rowsOfAnOldEvent() {
        return 3;
    }

    @Override
    long rowsRead(Callable<?> call) throws Exception {
        long before = handlerReads();
        long ofTheLook = handlerReads() - before;
        call.call();
        return handlerReads() - before - 2 * ofTheLook;
    }

    private long handlerReads() throws SQLException {
        long reads = 0;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read_%'")) {
            while (row.next()) {
                reads += row.getLong(2);
            }
        }
        return reads;
    }
}
