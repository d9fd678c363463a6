package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store must hold to when people redeliver a delivery. */
abstract class RedeliveryContract extends ListContract {
    /** The ways in which a delivery can have ended. */
    enum End {
        TAKEN_AT_ONCE(DeliveryState.DELIVERED, 1),
        TAKEN_AT_LAST(DeliveryState.DELIVERED, 3),
        EXHAUSTED(DeliveryState.EXHAUSTED, 3),
        TOO_OLD(DeliveryState.EXHAUSTED, 1),
        ABANDONED(DeliveryState.ABANDONED, 0),
        SWEPT(DeliveryState.CANCELED, 0),
        SWEPT_AFTER_ATTEMPTS(DeliveryState.CANCELED, 2),
        SWEPT_UNDER_WAY(DeliveryState.CANCELED, 1),
        CANCELED(DeliveryState.CANCELED, 0),
        CANCELED_UNDER_WAY(DeliveryState.CANCELED, 1);

        final DeliveryState state;
        final int attempts;

        End(DeliveryState state, int attempts) {
            this.state = state;
            this.attempts = attempts;
        }
    }

    private Redelivery redeliver(String eventId, String webhookId) {
        return store.queue().redeliver(deliveryId(eventId, webhookId));
    }

    final Cancellation cancel(String eventId, String webhookId) {
        return store.queue().cancel(deliveryId(eventId, webhookId));
    }

    /** Publishes event 1 to webhook a, and lets the delivery end; returns its last claim, valid or not. */
    final Optional<Claimed> end(End end) {
        publish("a", "1");
        Optional<Claimed> last = Optional.empty();
        boolean takesOne = end.state == DeliveryState.DELIVERED || end == End.EXHAUSTED;
        for (int i = 0; i < end.attempts - (takesOne ? 1 : 0); i++) {
            last = Optional.of(claimOne("a"));
            record(failed(last.get(), Duration.ZERO));
        }
        switch (end) {
            case SWEPT, SWEPT_AFTER_ATTEMPTS -> sweepAway("a");
            case CANCELED -> cancel("1", "a");
            default -> {
                last = Optional.of(claimOne("a"));
                endClaimed(last.get(), end);
            }
        }
        assertThat(delivery("1", "a").state()).isEqualTo(end.state);
        assertThat(delivery("1", "a").attempts()).isEqualTo(end.attempts);
        elapse(TICK);
        return last;
    }

    private void endClaimed(Claimed claimed, End end) {
        switch (end) {
            case SWEPT_UNDER_WAY -> sweepAway("a");
            case CANCELED_UNDER_WAY -> cancel("1", "a");
            case TOO_OLD, ABANDONED -> record(new Outcome(claimed, List.of(), end.state, Duration.ZERO));
            default -> record(ended(claimed, end.state));
        }
    }

    /** With the last attempt that it had before. */
    private static void assertSameLast(Delivery delivery, Delivery before) {
        assertThat(delivery.attempts()).isEqualTo(before.attempts());
        assertThat(delivery.lastStatus()).isEqualTo(before.lastStatus());
        assertThat(delivery.lastError()).isEqualTo(before.lastError());
    }

    final void assertNumbers(int attempts) {
        assertThat(attempts("1", "a"))
                .extracting(Attempt::number)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, attempts).boxed().toList());
    }

    /** Whatever a claim that is not valid any more is said to have come to. */
    final void assertChangesNothing(Claimed late) {
        Delivery before = seen("1", "a");
        List<Attempt> attempts = attempts("1", "a");
        record(delivered(late));
        record(failed(late, LEASE));
        record(new Outcome(late, List.of(), DeliveryState.EXHAUSTED, Duration.ZERO));
        store.queue().release(Map.of(late.claim(), store.now().plus(LEASE)));
        assertThat(store.queue().start(late.claim(), LEASE)).isFalse();
        assertThat(seen("1", "a")).isEqualTo(before);
        assertThat(attempts("1", "a")).isEqualTo(attempts);
    }

    // ---- redelivery of what is pending

    @Test
    void redeliveredPendingDeliveryIsDueNowAndGoesOnInItsSchedule() {
        publish("a", "1");
        Claimed first = claimOne("a");
        record(failed(first, Duration.ofHours(1)));

        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.DUE);

        assertPending(seen("1", "a"), 1, store.now());
        assertLast(seen("1", "a"), 500);
        Claimed second = claimOne("a");
        assertThat(second.former()).isEmpty();
        assertThat(second.attempts()).isEqualTo(1);
        assertThat(second.claims()).isEqualTo(1);
        assertThat(second.firstDueAt()).isEqualTo(first.firstDueAt());
        record(failed(second, LEASE));
        assertPending(seen("1", "a"), 2, store.now().plus(LEASE));
    }

    @Test
    void redeliveredDeliveryThatIsDueLaterIsDueNow() {
        store.queue().insert(List.of(dueAt(store.now().plusSeconds(9), event("1"), "a")));

        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.DUE);

        assertThat(ids(claim("a", 2))).containsExactly("1");
    }

    @Test
    void redeliveryNeverMakesADeliveryDueLater() {
        publish("a", "1", "2", "3");

        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.DUE);

        assertThat(ids(claim("a", 3))).containsExactly("1", "2", "3");
    }

    @Test
    void leasedDeliveryIsUnderWayAndNotRedelivered() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        store.queue().insert(List.of(leased(event("2"), "b")));
        Delivery before = seen("1", "a");

        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.UNDER_WAY);
        assertThat(redeliver("2", "b")).isEqualTo(Redelivery.UNDER_WAY);
        store.queue().start(claimed.claim(), LEASE.multipliedBy(2));
        elapse(LEASE);
        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.UNDER_WAY);

        assertThat(claim("a", 1)).isEmpty();
        assertThat(seen("1", "a").attempts()).isEqualTo(before.attempts());
        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
    }

    @Test
    void redeliveredDeliveryWhoseLeaseHasPassedIsDueAndItsClaimIsNoLongerValid() {
        publish("a", "1");
        Claimed late = claimOne("a");
        elapse(LEASE);

        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.DUE);

        assertChangesNothing(late);
        Claimed claimed = claimOne("a");
        assertThat(claimed.attempts()).isZero();
        assertThat(claimed.former()).isEmpty();
        assertChangesNothing(late);
        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
        assertNumbers(1);
    }

    // ---- redelivery of what has ended

    @ParameterizedTest
    @EnumSource
    void redeliveredDeliveryIsClaimedOnceMoreAndItsAttemptsAreCountedOn(End end) {
        Optional<Claimed> last = end(end);
        Delivery before = seen("1", "a");
        Instant redelivered = store.now();

        assertThat(redeliver("1", "a")).isEqualTo(Redelivery.DUE);

        Delivery pending = seen("1", "a");
        assertThat(pending.id()).isEqualTo(before.id());
        assertThat(pending.state()).isEqualTo(DeliveryState.PENDING);
        assertThat(pending.nextAttemptAt().orElseThrow()).isBeforeOrEqualTo(redelivered);
        assertThat(pending.endedAt()).isEmpty();
        assertSameLast(pending, before);
        assertThat(store.queue().due(10).get("a")).isBeforeOrEqualTo(redelivered);
        elapse(TICK);
        Claimed claimed = claimOne("a");
        assertThat(claimed.former()).contains(end.state);
        assertThat(claimed.attempts()).isEqualTo(end.attempts);
        assertThat(claimed.claims()).isEqualTo(1);
        assertThat(claimed.starts()).isZero();
        assertThat(claimed.firstDueAt()).as("its age begins anew").isEqualTo(redelivered);
        assertThat(claimed.event().id()).isEqualTo("1");
        last.ifPresent(former ->
                assertThat(claimed.claim().fence()).isGreaterThan(former.claim().fence()));
        assertThat(claim("a", 1)).isEmpty();

        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
        assertEnded(seen("1", "a"), DeliveryState.DELIVERED, end.attempts + 1, answeredAt());
        assertLastTaken(seen("1", "a"), 200);
        assertNumbers(end.attempts + 1);
        elapse(LEASE);
        assertThat(claim("a", 1)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void redeliveredDeliveryThatFailsIsAgainWhatItWas(End end) {
        end(end);
        redeliver("1", "a");
        Claimed claimed = claimOne("a");

        assertThat(record(ended(claimed, DeliveryState.EXHAUSTED))).containsExactly(claimed.claim());

        assertEnded(seen("1", "a"), end.state, end.attempts + 1, answeredAt());
        assertLast(seen("1", "a"), 500);
        assertNumbers(end.attempts + 1);
        elapse(LEASE);
        assertThat(claim("a", 1)).isEmpty();
        assertThat(store.queue().due(10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void redeliveredDeliveryThatEndsWithoutAnAttemptIsAgainWhatItWas(End end) {
        end(end);
        Delivery before = seen("1", "a");

        redeliver("1", "a");
        record(new Outcome(claimOne("a"), List.of(), DeliveryState.ABANDONED, Duration.ZERO));
        assertEnded(seen("1", "a"), end.state, end.attempts, store.now());
        assertSameLast(seen("1", "a"), before);

        redeliver("1", "a");
        sweepAway("a");
        assertEnded(seen("1", "a"), end.state, end.attempts, store.now());
        assertSameLast(seen("1", "a"), before);

        redeliver("1", "a");
        assertThat(cancel("1", "a")).isEqualTo(Cancellation.CANCELED);
        assertEnded(seen("1", "a"), end.state, end.attempts, store.now());
        assertSameLast(seen("1", "a"), before);

        redeliver("1", "a");
        Claimed late = claimOne("a");
        assertThat(cancel("1", "a")).isEqualTo(Cancellation.CANCELED_UNDER_WAY);
        assertEnded(seen("1", "a"), end.state, end.attempts, store.now());
        assertSameLast(seen("1", "a"), before);
        assertChangesNothing(late);
        assertNumbers(end.attempts);
    }

    @ParameterizedTest
    @EnumSource
    void lateOutcomeOfAnEarlierClaimChangesNothingAfterARedelivery(End end) {
        Optional<Claimed> late = end(end);
        redeliver("1", "a");

        late.ifPresent(this::assertChangesNothing);
        Claimed claimed = claimOne("a");
        late.ifPresent(this::assertChangesNothing);

        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
        late.ifPresent(this::assertChangesNothing);
        assertNumbers(end.attempts + 1);
    }

    @ParameterizedTest
    @EnumSource
    void deliveryThatIsRedeliveredTwiceStandsInEachListOnce(End end) {
        end(end);
        for (int i = 1; i <= 2; i++) {
            redeliver("1", "a");
            assertListedOnceAs(DeliveryState.PENDING);
            Claimed claimed = claimOne("a");
            assertListedOnceAs(DeliveryState.PENDING);
            assertThat(claimed.former()).contains(end.state);
            assertThat(claimed.attempts()).isEqualTo(end.attempts + i - 1);
            record(ended(claimed, DeliveryState.EXHAUSTED));
            assertListedOnceAs(end.state);
        }
        redeliver("1", "a");
        assertThat(redeliver("1", "a")).as("while it is due").isEqualTo(Redelivery.DUE);
        assertListedOnceAs(DeliveryState.PENDING);
        record(delivered(claimOne("a")));
        assertListedOnceAs(DeliveryState.DELIVERED);
        assertNumbers(end.attempts + 3);
        redeliver("1", "a");
        assertThat(claimOne("a").former()).contains(DeliveryState.DELIVERED);
    }

    private void assertListedOnceAs(DeliveryState state) {
        for (Which which : List.of(
                Which.in(TenantScope.ALL),
                Which.in(TenantScope.NONE),
                Which.in(TenantScope.ALL).webhook("a"),
                Which.in(TenantScope.ALL).event("1"),
                Which.in(TenantScope.ALL).type("user.made"))) {
            assertThat(list(which.filter())).extracting(Delivery::state).containsExactly(state);
            for (DeliveryState each : DeliveryState.values()) {
                assertThat(list(which.states(each).filter())).hasSize(each == state ? 1 : 0);
            }
        }
    }

    private List<Delivery> list(DeliveryFilter filter) {
        return store.history().list(filter, Optional.empty(), 10, 100).deliveries();
    }

    @Test
    void redeliveredDeliveryIsClaimedBeforeWhatWasDueEarlier() {
        end(End.EXHAUSTED);
        Instant earlier = store.now().minusSeconds(60);
        store.queue().insert(List.of(dueAt(earlier, event("2"), "a"), dueAt(earlier, event("3"), "a")));
        publish("a", "4");

        redeliver("1", "a");

        Claimed claimed = claimOne("a");
        assertThat(claimed.event().id()).isEqualTo("1");
        store.queue().release(Map.of(claimed.claim(), claimed.dueAt()));
        redeliver("1", "a");
        assertThat(ids(claim("a", 4))).containsExactly("1", "2", "3", "4");
    }

    @Test
    void redeliveredDeliveryThatIsReleasedOrWhoseLeasePassesIsClaimedAgain() {
        end(End.TAKEN_AT_LAST);
        redeliver("1", "a");
        Claimed released = claimOne("a");
        store.queue().release(Map.of(released.claim(), released.dueAt()));
        Claimed deferred = claimOne("a");
        store.queue().defer(Map.of(deferred.claim(), TICK));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        Claimed lost = claimOne("a");
        elapse(LEASE);

        Claimed claimed = claimOne("a");

        assertThat(claimed.claims()).isEqualTo(2);
        for (Claimed each : List.of(deferred, lost, claimed)) {
            assertThat(each.former()).contains(DeliveryState.DELIVERED);
            assertThat(each.attempts()).isEqualTo(3);
            assertThat(each.firstDueAt()).isEqualTo(released.firstDueAt());
        }
        record(failed(claimed, LEASE));
        assertPending(seen("1", "a"), 4, store.now().plus(LEASE));
        elapse(LEASE);
        assertThat(claimOne("a").former()).contains(DeliveryState.DELIVERED);
    }

    @Test
    void redeliveriesByManyAtOnceMakeItDueOnce() throws Exception {
        end(End.EXHAUSTED);
        DeliveryId id = deliveryId("1", "a");

        assertThat(inThreads(4, () -> store.queue().redeliver(id))).containsOnly(Redelivery.DUE);

        assertListedOnceAs(DeliveryState.PENDING);
        assertThat(ids(claim("a", 10))).containsExactly("1");
    }

    @Test
    void unknownDeliveryIsNeitherRedeliveredNorCanceled() {
        StoredEvent event = event("1");
        store.queue().insert(List.of(due(event, "a")));

        for (DeliveryId id : List.of(DeliveryId.of(event.key(), "b"), DeliveryId.of(key(), "a"))) {
            assertThat(store.queue().redeliver(id)).isEqualTo(Redelivery.NOT_FOUND);
            assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.NOT_FOUND);
        }
        assertPending(seen("1", "a"), 0, store.now());
    }
}
