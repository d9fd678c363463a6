package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Want;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is read to forget 100,000 old deliveries among which 2,000 old ones are still pending: with statistics and without, the plan must
 * not depend on luck.
 */
class PostgresRetentionTest {
    private static final int FINISHED = 100_000;
    private static final int PENDING = 2_000;
    private static final int OLD = FINISHED + PENDING;
    private static final int YOUNG = 1_000;
    private static final int BUDGET = 500;
    private static final String TABLES = "('webhooks_events', 'webhooks_deliveries', 'webhooks_attempts')";

    private HikariDataSource database;
    private JdbcDeliveryStore store;

    @BeforeEach
    void fill() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(PostgresServer.dataSource(
                PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase()));
        config.setMaximumPoolSize(2);
        database = new HikariDataSource(config);
        store = StoreRows.store(database);
        store.open();
        String attempt = "INSERT INTO webhooks_attempts (event_key, webhook_id, started_at, number, duration_ms, fence,"
                + " repetition, status, skipped_verification, final_state, standing) SELECT event_key, ";
        PostgresServer.execute(
                database,
                "ALTER TABLE webhooks_events SET (autovacuum_enabled = off)",
                "ALTER TABLE webhooks_deliveries SET (autovacuum_enabled = off)",
                "ALTER TABLE webhooks_attempts SET (autovacuum_enabled = off)",
                "CREATE TABLE filling AS SELECT n, (lpad(to_hex(floor(extract(epoch FROM"
                        + " CASE WHEN n <= " + OLD
                        + " THEN now() - INTERVAL '40 days' ELSE now() END) * 1000)::bigint + n),"
                        + " 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid AS event_key"
                        + " FROM generate_series(1, " + (OLD + YOUNG) + ") n",
                "INSERT INTO webhooks_events SELECT event_key, '', 'e' || n, 'n', now(), 'application/json', TRUE, '{}',"
                        + " '\\x7b7d', now(), 0 FROM filling",
                attempt + "'a', now(), 1, 1, 1, 0, 200, FALSE, 1, 1 FROM filling WHERE n % 51 <> 0",
                attempt + "'paused', now(), 1, 1, 1, 0, 500, FALSE, NULL, NULL FROM filling WHERE n % 51 = 0 AND n <= "
                        + OLD,
                "INSERT INTO webhooks_deliveries SELECT event_key, 'paused', now() - INTERVAL '1 hour', now(), 2, 1, 0"
                        + " FROM filling WHERE n % 51 = 0 AND n <= " + OLD,
                "DROP TABLE filling");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private interface Step {
        BulkStep<UUID> step(Instant publishedBefore, Optional<UUID> after, int budget);
    }

    /** Returns how much was forgotten in all steps, of which none may read more than so many rows for each of its budget. */
    private int forget(Step forgetting, int rowsEach) throws SQLException {
        Instant before = Instant.now().minus(Duration.ofDays(30));
        int done = 0;
        int steps = 0;
        long scans = number("SELECT SUM(seq_scan) FROM pg_stat_user_tables WHERE relname IN " + TABLES);
        Optional<UUID> after = Optional.empty();
        do {
            long read = rowsRead();
            BulkStep<UUID> step = forgetting.step(before, after, BUDGET);
            done += step.done();
            after = step.next();
            steps++;
            assertThat(rowsRead() - read)
                    .as("in step " + steps)
                    .isBetween((long) step.done(), (long) rowsEach * BUDGET);
        } while (after.isPresent());
        assertThat(steps).isLessThanOrEqualTo(OLD / BUDGET + 2);
        assertThat(number("SELECT SUM(seq_scan) FROM pg_stat_user_tables WHERE relname IN " + TABLES))
                .isEqualTo(scans);
        return done;
    }

    private long rowsRead() throws SQLException {
        return number(
                "SELECT SUM(seq_tup_read) + SUM(idx_tup_fetch) FROM pg_stat_user_tables WHERE relname IN " + TABLES);
    }

    private long number(String select) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = statement.executeQuery(select)) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsPendingStaysAndEachStepReadsNoMoreThanSomeRowsForEachOfItsBudget(boolean statistics)
            throws SQLException {
        if (statistics) {
            PostgresServer.execute(
                    database, "ANALYZE webhooks_events", "ANALYZE webhooks_deliveries", "ANALYZE webhooks_attempts");
        }

        // Read in a page, looked up in the other table, locked, looked up again, deleted.
        assertThat(forget(store.history()::forgetEvents, 5)).isEqualTo(FINISHED);
        assertThat(forget(store.history()::forgetDeliveries, 5)).isEqualTo(FINISHED);
        assertThat(forget(store.history()::forgetEvents, 5)).isZero();
        assertThat(forget(store.history()::forgetDeliveries, 5)).isZero();

        assertThat(number("SELECT COUNT(*) FROM webhooks_events")).isEqualTo(PENDING + YOUNG);
        assertThat(number("SELECT COUNT(*) FROM webhooks_deliveries")).isEqualTo(PENDING);
        assertThat(number("SELECT COUNT(*) FROM webhooks_attempts WHERE webhook_id = 'paused'"))
                .isEqualTo(PENDING);
        assertThat(store.queue()
                        .claim(List.of(Want.of("paused", OLD)), Duration.ofMinutes(1))
                        .claimed())
                .hasSize(PENDING);
    }
}
