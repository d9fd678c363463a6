package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.Recovery;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.store.Want;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What a store must hold to when much is sent again, or sent to a webhook that never got it, some at a time. */
abstract class BulkContract extends CancelContract {
    private static final Duration APART = Duration.ofSeconds(1);
    private static final int BUDGET = 100;

    private Recovery recovery(boolean dry) {
        DeliveryFilter filter = new DeliveryFilter(
                TenantScope.ALL,
                Optional.of("a"),
                Optional.empty(),
                Optional.empty(),
                Set.of(DeliveryState.EXHAUSTED, DeliveryState.CANCELED),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Recovery(filter, store.now(), store.now(), APART, dry, Optional.empty());
    }

    private int recover(Recovery recovery, int limit) {
        int done = 0;
        Optional<Place> after = Optional.empty();
        do {
            Recovery step = new Recovery(
                    recovery.filter(), recovery.endedBy(), recovery.dueFrom(), recovery.apart(), recovery.dry(), after);
            BulkStep<Place> made = store.queue().recover(step, limit, BUDGET);
            done += made.done();
            after = made.next();
        } while (after.isPresent());
        return done;
    }

    private void end(String eventId, DeliveryState state) {
        publish("a", eventId);
        record(ended(claimOne("a"), state));
        elapse(Duration.ofSeconds(1));
    }

    private void endSome() {
        end("exhausted1", DeliveryState.EXHAUSTED);
        end("delivered", DeliveryState.DELIVERED);
        end("exhausted2", DeliveryState.EXHAUSTED);
        end("exhausted3", DeliveryState.EXHAUSTED);
        publish("a", "canceled");
        cancel("canceled", "a");
        publish("a", "pending");
        publish("b", "of another");
        record(ended(claimOne("b"), DeliveryState.EXHAUSTED));
        elapse(Duration.ofSeconds(1));
    }

    @Test
    void whatEndedWithoutArrivingIsRecoveredInParts() {
        for (int limit : List.of(1, 2, 100)) {
            if (limit == 1) {
                endSome();
            }
            assertThat(recover(recovery(true), limit)).isEqualTo(4);
        }
        assertThat(state("exhausted1", "a")).isEqualTo(DeliveryState.EXHAUSTED);

        assertThat(recover(recovery(false), 2)).isEqualTo(4);
        assertThat(recover(recovery(false), 2)).isZero();
        assertThat(recover(recovery(true), 2)).isZero();
        assertThat(state("exhausted1", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(state("delivered", "a")).isEqualTo(DeliveryState.DELIVERED);
        assertThat(state("of another", "b")).isEqualTo(DeliveryState.EXHAUSTED);
        elapse(Duration.ofMinutes(1));
        List<Claimed> claimed = claim("a", 10);
        assertThat(ids(claimed))
                .containsExactlyInAnyOrder("exhausted1", "exhausted2", "exhausted3", "canceled", "pending");
        assertThat(claimed).filteredOn(each -> each.former().isPresent()).hasSize(4);
    }

    @Test
    void whatIsRecoveredIsDueOneAfterTheOther() {
        endSome();
        assertThat(claim("a", 10)).hasSize(1);

        assertThat(recover(recovery(false), 10)).isEqualTo(4);

        List<Integer> due = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            due.add(claim("a", 10).size());
            elapse(APART);
        }
        assertThat(due).containsExactly(1, 1, 1, 1);
    }

    @Test
    void whatEndsLaterIsNotRecovered() {
        end("before", DeliveryState.EXHAUSTED);
        Recovery recovery = recovery(false);
        elapse(Duration.ofSeconds(1));
        end("after", DeliveryState.EXHAUSTED);

        assertThat(recover(recovery, 10)).isEqualTo(1);

        assertThat(state("before", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(state("after", "a")).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void manyThatRecoverAtOnceRecoverEachDeliveryOnce() throws Exception {
        endSome();
        Recovery recovery = recovery(false);

        List<Integer> done = inThreads(4, () -> recover(recovery, 2));

        assertThat(done.stream().mapToInt(each -> each).sum()).isEqualTo(4);
    }

    // ---- replay

    private Replay replay(String webhookId, Optional<String> tenant, Predicate<String> types, boolean dry) {
        return new Replay(
                webhookId,
                tenant,
                types,
                Instant.EPOCH,
                Instant.parse("2999-01-01T00:00:00Z"),
                store.now(),
                APART,
                dry,
                Optional.empty());
    }

    private int replayAll(Replay replay, int budget) {
        int done = 0;
        Optional<UUID> after = Optional.empty();
        do {
            Replay step = new Replay(
                    replay.webhookId(),
                    replay.tenant(),
                    replay.types(),
                    replay.since(),
                    replay.before(),
                    replay.dueFrom().plus(replay.apart().multipliedBy(done)),
                    replay.apart(),
                    replay.dry(),
                    after);
            BulkStep<UUID> made = store.queue().replay(step, budget);
            done += made.done();
            after = made.next();
        } while (after.isPresent());
        return done;
    }

    @Test
    void webhookGetsTheEventsThatItNeverGotInTheirOrder() {
        publish("b", "1", "2", "3");
        store.queue().insert(List.of(due(event("to nobody"))));
        store.queue().insert(List.of(due(event("of acme", Optional.of("acme"), new byte[0]), "c")));
        publish("a", "pending");
        publish("a", "ended");
        claim("a", 2).stream()
                .filter(each -> each.event().id().equals("ended"))
                .forEach(each -> record(delivered(each)));

        assertThat(replayAll(replay("a", NO_TENANT, type -> false, true), BUDGET))
                .isZero();
        assertThat(replayAll(replay("a", NO_TENANT, type -> true, true), BUDGET))
                .isEqualTo(4);
        assertThat(replayAll(replay("a", NO_TENANT, "user.made"::equals, false), 2))
                .isEqualTo(4);
        assertThat(replayAll(replay("a", NO_TENANT, type -> true, false), 2)).isZero();

        elapse(APART.multipliedBy(10));
        assertThat(ids(claim(Want.of("a", 10)))).containsExactly("1", "2", "3", "to nobody");
        assertThat(replayAll(replay("x", Optional.of("acme"), type -> true, true), BUDGET))
                .isEqualTo(1);
    }

    @Test
    void onlyWhatWasPublishedInTheTimeIsReplayed() {
        List<StoredEvent> events = List.of(event("1"), event("2"), event("3"), event("4"));
        events.forEach(event -> store.queue().insert(List.of(due(event, "b"))));
        Replay all = replay("a", NO_TENANT, type -> true, true);
        Instant second = DeliveryId.publishedAt(events.get(1).key());
        Instant fourth = DeliveryId.publishedAt(events.get(3).key());

        Replay between =
                new Replay("a", NO_TENANT, all.types(), second, fourth, all.dueFrom(), APART, false, Optional.empty());
        assertThat(replayAll(between, BUDGET)).isEqualTo(2);

        elapse(APART.multipliedBy(10));
        assertThat(ids(claim("a", 10))).containsExactly("2", "3");
    }

    @Test
    void manyThatReplayAtOnceAddEachDeliveryOnce() throws Exception {
        publish("b", "1", "2", "3", "4", "5");
        Replay replay = replay("a", NO_TENANT, type -> true, false);

        List<Integer> done = inThreads(4, () -> replayWithPatience(replay));

        assertThat(done.stream().mapToInt(each -> each).sum()).isEqualTo(5);
    }

    /** A database that cannot leave out what somebody else has added at the same moment fails; nothing of that step is done. */
    private int replayWithPatience(Replay replay) {
        while (true) {
            try {
                return replayAll(replay, BUDGET);
            } catch (StoreException e) {
                assertThat(e).hasRootCauseInstanceOf(SQLException.class);
            }
        }
    }
}
