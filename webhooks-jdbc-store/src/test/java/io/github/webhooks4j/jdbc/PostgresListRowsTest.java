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
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL counts the rows that it fetched from tables and by indexes; its planner knows nothing of the tables. */
class PostgresListRowsTest extends ListRowsContract {
    private PGSimpleDataSource database;
    private JdbcDeliveryStore store;
    private HikariDataSource pool;

    @BeforeAll
    void fill() throws SQLException {
        database = PostgresServer.dataSource(
                PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        StoreRows.store(database).open();
        String key = "CAST(LPAD(CAST(n AS TEXT), 12, '0') || '70008000' || LPAD(CAST(n AS TEXT), 12, '0') AS UUID)";
        PostgresServer.execute(
                database,
                "ALTER TABLE webhooks_attempts SET (autovacuum_enabled = off)",
                "ALTER TABLE webhooks_deliveries SET (autovacuum_enabled = off)",
                "ALTER TABLE webhooks_events SET (autovacuum_enabled = off)",
                "INSERT INTO webhooks_attempts (" + COLUMNS + ") SELECT " + key + ", now(), 1, 20, 1, 0, 200, " + STATE
                        + ", "
                        + STATE + ", FALSE, " + WEBHOOK + ", " + TENANT + ", 'e' || n, " + TYPE
                        + " FROM generate_series(1, " + ENDED + ") n",
                "INSERT INTO webhooks_events (event_key, tenant, id, type, occurred_at, content_type, is_json, headers, data,"
                        + " created_at, webhooks) SELECT " + key + ", CASE WHEN n > " + ENDED
                        + " THEN 't1' ELSE 't2' END, 'e' || n,"
                        + " 'common', now(), 'application/json', TRUE, '{}', '\\x7b7d', now(), 1"
                        + " FROM generate_series(1, " + ALL + ") n WHERE n > " + ENDED + " OR n % 100000 = 0",
                "INSERT INTO webhooks_deliveries SELECT event_key, CASE WHEN tenant = 't1' THEN 'backlog' ELSE 'few' END,"
                        + " now(), now(), 0, 0, 0 FROM webhooks_events",
                "INSERT INTO webhooks_documents SELECT 'WEBHOOK', id, tenant, 1, 0, now(), FALSE, '{}', '{}', '{}' FROM"
                        + " (SELECT 'w' || n AS id, CASE WHEN n < 50 THEN 't2' ELSE '' END AS tenant"
                        + " FROM generate_series(0, 96) n UNION ALL SELECT 'big', 't1' UNION ALL SELECT 'backlog', 't1'"
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

    @Override
    long rowsRead(Callable<?> call) throws Exception {
        long before = rowsFetched();
        call.call();
        return rowsFetched() - before;
    }

    private long rowsFetched() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = statement.executeQuery("SELECT SUM(seq_tup_read) + SUM(idx_tup_fetch)"
                    + " FROM pg_stat_user_tables WHERE relname LIKE 'webhooks_%'")) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
