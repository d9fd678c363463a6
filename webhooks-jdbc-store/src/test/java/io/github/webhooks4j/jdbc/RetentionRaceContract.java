package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.TenantScope;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who forgets an event and who sends it again meet between any two statements of the other, by the locks of a real database: no delivery
 * is ever left without its event, and who only forgets never waits.
 */
abstract class RetentionRaceContract {
    private static final long PATIENCE = Duration.ofMinutes(5).toNanos();

    private final ExecutorService others = Executors.newCachedThreadPool();
    private DataSource database;
    private Interrupted source;
    private JdbcDeliveryStore interrupted;
    private JdbcDeliveryStore store;

    /** An empty database. */
    abstract DataSource newDatabase() throws SQLException;

    /** Selects how many statements wait for a lock. */
    abstract String waiting();

    @BeforeEach
    void open() throws SQLException {
        database = newDatabase();
        store = StoreRows.store(database);
        store.open();
        source = new Interrupted(database);
        interrupted = StoreRows.store(source.source());
        interrupted.open();
    }

    @AfterEach
    void end() {
        others.shutdownNow();
    }

    /** Publishes an event and delivers it; returns the id of the delivery. */
    private DeliveryId taken(String eventId) {
        NewEvent event = StoreRows.event(eventId, "a");
        store.queue().insert(List.of(event));
        Claimed claimed = claim("a").get(0);
        store.queue().record(List.of(new Outcome(claimed, List.of(), DeliveryState.EXHAUSTED, Duration.ZERO)));
        return DeliveryId.of(event.event().key(), "a");
    }

    private List<Claimed> claim(String webhookId) {
        return store.queue()
                .claim(List.of(Want.of(webhookId, 10)), Duration.ofMinutes(1))
                .claimed();
    }

    private static int forgetEvents(JdbcDeliveryStore by) {
        return by.history().forgetEvents(StoreRows.LATER, Optional.empty(), 10).done();
    }

    private static BulkStep<UUID> forgetDeliveries(JdbcDeliveryStore by) {
        return by.history().forgetDeliveries(StoreRows.LATER, Optional.empty(), 10);
    }

    private <T> Future<T> startAndLetWait(Callable<T> action) throws SQLException {
        Future<T> started = others.submit(action);
        long deadline = System.nanoTime() + PATIENCE;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < deadline) {
                try (ResultSet row = statement.executeQuery(waiting())) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        return started;
                    }
                }
                assertThat(started).as("it must wait").isNotDone();
            }
        }
        throw new AssertionError("it never waited");
    }

    @Test
    void deliveryThatIsAddedBetweenThePageAndTheLocksKeepsItsEvent() throws Exception {
        DeliveryId id = taken("1");
        taken("2");
        source.before("_events.*SKIP LOCKED", () -> {
            assertThat(store.queue().redeliver(id)).isEqualTo(Redelivery.DUE);
        });

        assertThat(forgetEvents(interrupted)).as("the other event").isEqualTo(1);

        source.assertMet();
        assertThat(claim("a")).extracting(each -> each.event().id()).containsExactly("1");
    }

    @Test
    void replayedEventOfWhichTheDeliveryIsAddedBetweenThePageAndTheLocksStays() throws Exception {
        taken("1");
        Replay replay = new Replay(
                "b",
                Optional.empty(),
                type -> true,
                Instant.EPOCH,
                StoreRows.LATER,
                Instant.EPOCH,
                Duration.ZERO,
                false,
                Optional.empty());
        source.before("_events.*SKIP LOCKED", () -> {
            assertThat(store.queue().replay(replay, 10).done()).isEqualTo(1);
        });

        assertThat(forgetEvents(interrupted)).isZero();

        source.assertMet();
        assertThat(claim("b")).hasSize(1);
    }

    @Test
    void whoRedeliversWhileTheEventIsBeingForgottenWaitsAndIsToldThatItIsGone() throws Exception {
        DeliveryId id = taken("1");
        Box<Future<Redelivery>> redelivery = new Box<>();
        source.before("DELETE FROM \\S+_events", () -> {
            redelivery.value = startAndLetWait(() -> store.queue().redeliver(id));
        });

        assertThat(forgetEvents(interrupted)).isEqualTo(1);

        source.assertMet();
        assertThat(redelivery.value.get()).isEqualTo(Redelivery.EVENT_GONE);
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void whoForgetsDoesNotWaitForARedeliveryThatIsUnderWay() throws Exception {
        DeliveryId id = taken("1");
        taken("2");
        source.before("UPDATE \\S+_attempts SET standing", () -> {
            assertThat(others.submit(() -> forgetEvents(store)).get()).isEqualTo(1);
        });

        assertThat(interrupted.queue().redeliver(id)).isEqualTo(Redelivery.DUE);

        source.assertMet();
        assertThat(forgetEvents(store)).isZero();
        assertThat(claim("a")).extracting(each -> each.event().id()).containsExactly("1");
    }

    @Test
    void nodesThatForgetTheSameEventsDoNotWaitForEachOther() throws Exception {
        taken("1");
        taken("2");
        source.before("DELETE FROM \\S+_events", () -> {
            assertThat(others.submit(() -> forgetEvents(store)).get()).isZero();
        });

        assertThat(forgetEvents(interrupted)).isEqualTo(2);

        source.assertMet();
    }

    @Test
    void nodesThatForgetTheSameDeliveriesDoNotWaitForEachOther() throws Exception {
        DeliveryId id = taken("1");
        store.queue().redeliver(id);
        claim("a")
                .forEach(each -> store.queue()
                        .record(List.of(new Outcome(each, List.of(), DeliveryState.EXHAUSTED, Duration.ZERO))));
        taken("2");
        forgetEvents(store);
        source.before("DELETE FROM \\S+_attempts", () -> {
            assertThat(others.submit(() -> forgetDeliveries(store)).get())
                    .isEqualTo(new BulkStep<>(0, Optional.empty()));
        });

        assertThat(forgetDeliveries(interrupted).done()).isEqualTo(2);

        source.assertMet();
    }

    @Test
    void deliveriesThatAnotherNodeHasForgottenMeanwhileAreNotCounted() throws Exception {
        taken("1");
        taken("2");
        forgetEvents(store);
        source.before("_attempts.*SKIP LOCKED", () -> {
            assertThat(others.submit(() -> forgetDeliveries(store)).get().done())
                    .isEqualTo(2);
        });

        assertThat(forgetDeliveries(interrupted)).isEqualTo(new BulkStep<>(0, Optional.empty()));

        source.assertMet();
    }

    @Test
    void expungeWaitsForARedeliveryThatIsUnderWayAndCancelsIt() throws Exception {
        DeliveryId id = taken("1");
        Box<Future<Optional<List<Delivery>>>> expunged = new Box<>();
        source.before("UPDATE \\S+_attempts SET standing", () -> {
            expunged.value = startAndLetWait(() -> store.history().expunge(TenantScope.NONE, "1"));
        });

        assertThat(interrupted.queue().redeliver(id)).isEqualTo(Redelivery.DUE);

        source.assertMet();
        assertThat(expunged.value.get().orElseThrow()).hasSize(1);
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void whoRedeliversWhileTheEventIsBeingExpungedWaitsAndIsToldThatItIsGone() throws Exception {
        DeliveryId id = taken("1");
        Box<Future<Redelivery>> redelivery = new Box<>();
        source.before("UPDATE \\S+_attempts SET excerpt", () -> {
            redelivery.value = startAndLetWait(() -> store.queue().redeliver(id));
        });

        assertThat(interrupted.history().expunge(TenantScope.NONE, "1")).isPresent();

        source.assertMet();
        assertThat(redelivery.value.get()).isEqualTo(Redelivery.EVENT_GONE);
        assertThat(store.queue().due(10)).isEmpty();
    }

    /** What another thread has come to. */
    private static final class Box<T> {
        T value;
    }
}
