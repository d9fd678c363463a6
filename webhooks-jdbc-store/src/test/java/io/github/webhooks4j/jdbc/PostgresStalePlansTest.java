package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Want;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * PostgreSQL keeps the plan of a prepared statement. One that was made while hardly any delivery was unfinished is used, for a
 * minute or so, when there are many: then it must not read them all.
 */
class PostgresStalePlansTest {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final int MANY = 2_000;
    private static final int SOME = 50;

    private HikariDataSource oneConnection;
    private JdbcDeliveryStore store;

    @BeforeEach
    void open() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        config.addDataSourceProperty("prepareThreshold", 1);
        config.addDataSourceProperty("options", "-c plan_cache_mode=force_generic_plan");
        config.setMaximumPoolSize(1);
        oneConnection = new HikariDataSource(config);
        store = StoreRows.store(oneConnection);
        store.open();
    }

    @AfterEach
    void close() {
        store.close();
        oneConnection.close();
    }

    private void execute(String... statements) throws SQLException {
        PostgresServer.execute(oneConnection, statements);
    }

    private static NewEvent event(String webhookId) {
        UUID key = StoreRows.key();
        StoredEvent event = new StoredEvent(
                key,
                key.toString(),
                Optional.empty(),
                "n",
                Instant.EPOCH,
                "application/json",
                true,
                Map.of(),
                new byte[2]);
        return new NewEvent(event, List.of(new NewDelivery(webhookId, Optional.empty(), Duration.ZERO)));
    }

    private void insert(int count) {
        store.queue()
                .insert(IntStream.range(0, count)
                        .mapToObj(n -> event("w" + n % 10))
                        .toList());
    }

    private List<Claimed> claim(int count) {
        List<Want> wants = IntStream.range(0, 10)
                .mapToObj(n -> Want.of("w" + n, Math.max(1, count / 10)))
                .toList();
        return store.queue().claim(wants, LEASE).claimed();
    }

    /** All that a node does with deliveries. */
    private void work(int count) {
        store.queue().due(100);
        List<Claimed> claimed = claim(count);
        List<Claim> claims = claimed.stream().map(Claimed::claim).toList();
        int half = claims.size() / 2;
        store.queue().confirm(claims);
        store.queue()
                .release(claims.subList(0, half).stream()
                        .collect(Collectors.toMap(
                                claim -> claim, claim -> Instant.now().plusSeconds(60))));
        store.queue()
                .record(claimed.subList(half, claimed.size()).stream()
                        .map(each -> outcome(each, DeliveryState.DELIVERED))
                        .toList());
        store.queue()
                .record(claim(count).stream()
                        .map(each -> outcome(each, DeliveryState.PENDING))
                        .toList());
        Sweep.Place place = new Sweep.Place(Instant.EPOCH, new UUID(0, 0));
        store.queue().sweep(Sweep.expire("w1", Instant.EPOCH).after(place), count);
        store.queue().sweep(Sweep.cancelStoredBefore("w1", Instant.EPOCH), count);
        store.queue().sweep(StoreRows.cancel("w1"), 1);
    }

    private static Outcome outcome(Claimed claimed, DeliveryState state) {
        return new Outcome(claimed, List.of(), state, Duration.ofHours(1));
    }

    /** How many rows were read by going through whole tables. */
    private long rowsReadInScans() throws SQLException {
        try (Connection connection = oneConnection.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = statement.executeQuery("SELECT SUM(seq_tup_read) FROM pg_stat_user_tables"
                    + " WHERE relname IN ('webhooks_deliveries', 'webhooks_events')")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @Test
    void plansThatWereMadeForATableWithOneRowReadNoMoreThanTheyNeedOfOneWithMany() throws SQLException {
        execute(
                "ALTER TABLE webhooks_deliveries SET (autovacuum_enabled = off)",
                "ALTER TABLE webhooks_events SET (autovacuum_enabled = off)");
        insert(1);
        execute("VACUUM ANALYZE webhooks_deliveries", "VACUUM ANALYZE webhooks_events");
        work(1);
        insert(10);
        work(10);
        insert(MANY);
        long before = rowsReadInScans();

        work(SOME);

        assertThat(rowsReadInScans() - before).isZero();
    }
}
