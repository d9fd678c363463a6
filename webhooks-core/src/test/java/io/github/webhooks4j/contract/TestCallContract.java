package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.EventFilter;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Outcomes;
import io.github.webhooks4j.store.Recovery;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What a store must hold to when it keeps test calls. */
abstract class TestCallContract extends EventContract {
    private static final Optional<String> ACME = Optional.of("acme");

    private Outcome testOf(StoredEvent event, String webhookId, DeliveryState state, Attempt... attempts) {
        Claim claim = new Claim(event.key(), webhookId, Claim.FIRST_FENCE);
        Claimed claimed = new Claimed(claim, 0, store.now(), store.now(), event);
        return Outcomes.of(claimed, List.of(attempts), state, Duration.ZERO);
    }

    private void addTest(String eventId, String webhookId, DeliveryState state) {
        int status = state == DeliveryState.DELIVERED ? 200 : 500;
        store.history().addTest(testOf(event(eventId), webhookId, state, attempt(1, status)));
        elapse(TICK);
    }

    private List<String> listed(Which which) {
        return store.history().list(which.filter(), Optional.empty(), 10, 100).deliveries().stream()
                .map(Delivery::eventId)
                .toList();
    }

    @Test
    void testCallIsFoundAndListedAsOne() {
        addTest("1", "a", DeliveryState.DELIVERED);
        addTest("2", "a", DeliveryState.EXHAUSTED);

        Delivery taken = seen("1", "a");
        assertThat(taken.test()).isTrue();
        assertThat(taken.state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(taken.attempts()).isEqualTo(1);
        assertThat(taken.nextAttemptAt()).isEmpty();
        assertThat(taken.endedAt()).isPresent();
        assertThat(taken.eventType()).isEqualTo("user.made");
        assertLastTaken(taken, 200);
        Delivery refused = seen("2", "a");
        assertThat(refused.test()).isTrue();
        assertThat(refused.state()).isEqualTo(DeliveryState.EXHAUSTED);
        assertLast(refused, 500);
        assertThat(attempts("2", "a")).containsExactly(attempt(refused));
    }

    /** The only attempt, as it was given. */
    private Attempt attempt(Delivery delivery) {
        return store.history()
                .attempts(DeliveryId.parse(delivery.id()).orElseThrow())
                .get(0)
                .attempt();
    }

    @Test
    void listsAreOfTestCallsOrOfOthersOrOfBoth() {
        publish("a", "1", "2");
        addTest("3", "a", DeliveryState.DELIVERED);
        addTest("4", "b", DeliveryState.EXHAUSTED);
        record(delivered(claimOne("a")));

        Which all = Which.in(TenantScope.ALL);
        assertThat(listed(all)).containsExactly("4", "3", "2", "1");
        assertThat(listed(Which.in(TenantScope.ALL).test(true))).containsExactly("4", "3");
        assertThat(listed(Which.in(TenantScope.ALL).test(false))).containsExactly("2", "1");
        assertThat(listed(Which.in(TenantScope.ALL).webhook("a").test(true))).containsExactly("3");
        assertThat(listed(Which.in(TenantScope.ALL).states(DeliveryState.EXHAUSTED)))
                .containsExactly("4");
        assertThat(listed(Which.in(TenantScope.NONE)
                        .states(DeliveryState.DELIVERED)
                        .test(false)))
                .containsExactly("1");
    }

    @Test
    void eventOfATestCallIsStoredAsOneOfItsTenant() {
        StoredEvent event = event("1", ACME, new byte[] {'1'});
        store.history().addTest(testOf(event, "a", DeliveryState.DELIVERED, attempt(1, 204)));

        EventDetails stored = store.history().event(TenantScope.of(ACME), "1").orElseThrow();
        assertThat(stored.data()).containsExactly('1');
        assertThat(stored.event().test()).isTrue();
        assertThat(stored.event().webhooks()).isEqualTo(1);
        EventFilter tests = new EventFilter(
                TenantScope.ALL, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(true), false);
        assertThat(store.history().events(tests, Optional.empty(), 10, 10).events())
                .containsExactly(stored.event());
        assertThat(store.queue().insert(List.of(due(event("1", ACME, new byte[] {'2'}), "a"))))
                .isEmpty();
        assertThat(store.queue().insert(List.of(due(event("1"), "b")))).hasSize(1);
        Delivery kept = store.history().find(DeliveryId.of(event.key(), "a")).orElseThrow();
        assertThat(kept.tenant()).isEqualTo(ACME);
        assertThat(listed(Which.in(TenantScope.of(ACME)))).containsExactly("1");
        assertThat(listed(Which.in(TenantScope.of(ACME)).event("1").test(true))).containsExactly("1");
    }

    @Test
    void nothingOfATestCallIsDue() {
        addTest("1", "a", DeliveryState.EXHAUSTED);

        assertThat(store.queue().due(10)).isEmpty();
        assertThat(claim("a", 10)).isEmpty();
    }

    @Test
    void testCallThatIsKeptTwiceIsThereOnce() {
        Outcome test = testOf(event("1"), "a", DeliveryState.DELIVERED, attempt(1, 200));
        store.history().addTest(test);
        store.history().addTest(test);

        assertThat(listed(Which.in(TenantScope.ALL))).containsExactly("1");
        assertThat(attempts("1", "a")).containsExactly(test.attempt().orElseThrow());
    }

    @Test
    void staleAttemptOfATestCallIsKeptBeforeTheOneThatCounts() {
        Attempt stale = new Attempt(
                1,
                store.now().truncatedTo(ChronoUnit.MILLIS),
                TICK,
                OptionalInt.empty(),
                Optional.of(Failure.STALE),
                Optional.empty(),
                "",
                false);
        Attempt second = attempt(1, 500);
        store.history().addTest(testOf(event("1"), "a", DeliveryState.EXHAUSTED, stale, second));

        assertThat(attempts("1", "a")).containsExactly(stale, second);
        assertThat(seen("1", "a").attempts()).isEqualTo(1);
        assertLast(seen("1", "a"), 500);
    }

    @Test
    void testCallIsNeitherSentAgainNorCanceled() {
        addTest("1", "a", DeliveryState.EXHAUSTED);
        Delivery before = seen("1", "a");

        assertThat(store.queue().redeliver(deliveryId("1", "a"))).isEqualTo(Redelivery.TEST);
        assertThat(store.queue().cancel(deliveryId("1", "a"))).isEqualTo(Cancellation.ALREADY_ENDED);

        assertThat(seen("1", "a")).isEqualTo(before);
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void recoverLeavesTestCallsOut() {
        publish("a", "1");
        record(ended(claimOne("a"), DeliveryState.EXHAUSTED));
        addTest("2", "a", DeliveryState.EXHAUSTED);
        elapse(LEASE);

        assertThat(recover(true)).isEqualTo(1);
        assertThat(recover(false)).isEqualTo(1);

        assertThat(ids(claim("a", 10))).containsExactly("1");
        assertThat(state("2", "a")).isEqualTo(DeliveryState.EXHAUSTED);
    }

    private int recover(boolean dry) {
        DeliveryFilter filter =
                Which.in(TenantScope.ALL).states(DeliveryState.EXHAUSTED).filter();
        Recovery recovery = new Recovery(filter, store.now(), store.now(), Duration.ZERO, dry, Optional.empty());
        return store.queue().recover(recovery, 10, 100).done();
    }

    /** A test goes to the webhook that is tested, and to no other. */
    @Test
    void replayLeavesTestCallsOut() {
        publish("a", "1");
        addTest("2", "a", DeliveryState.DELIVERED);
        addTest("3", "b", DeliveryState.DELIVERED);

        assertThat(replay(true)).isEqualTo(1);
        assertThat(replay(false)).isEqualTo(1);

        assertThat(ids(claim("b", 10))).containsExactly("1");
    }

    private int replay(boolean dry) {
        Instant before = DeliveryId.publishedAt(key());
        Replay replay = new Replay(
                "b", NO_TENANT, type -> true, Instant.EPOCH, before, store.now(), Duration.ZERO, dry, Optional.empty());
        return store.queue().replay(replay, 100).done();
    }
}
