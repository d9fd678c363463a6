package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a store must hold to when deliveries are ended without an attempt. */
abstract class SweepContract extends RecordContract {
    /** Cancels all deliveries of a webhook. */
    private static Sweep cancel(String webhookId) {
        return new Sweep(webhookId, DeliveryState.CANCELED, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Swept step(Sweep sweep, int budget) {
        return store.queue().sweep(sweep, budget);
    }

    @Test
    void canceledDeliveryHasEnded() {
        publish("a", "1");
        record(failed(claimOne("a"), Duration.ofHours(1)));

        Swept swept = step(cancel("a"), 10);

        Delivery delivery = delivery("1", "a");
        assertThat(swept).isEqualTo(new Swept(List.of(delivery), 1, Optional.empty()));
        assertEnded(delivery, DeliveryState.CANCELED);
        assertThat(delivery.eventId()).isEqualTo("1");
        assertThat(attempts("1", "a")).hasSize(1);
        assertThat(store.queue().due(10)).isEmpty();
    }

    /** At this moment, after one attempt that was answered 500. */
    private void assertEnded(Delivery delivery, DeliveryState state) {
        assertThat(delivery.eventType()).isEqualTo("user.made");
        assertThat(delivery.webhookId()).isEqualTo("a");
        assertThat(delivery.tenant()).isEmpty();
        assertThat(delivery.state()).isEqualTo(state);
        assertThat(delivery.attempts()).isEqualTo(1);
        assertThat(delivery.nextAttemptAt()).isEmpty();
        assertThat(delivery.endedAt()).contains(store.now());
        assertThat(delivery.lastStatus()).hasValue(500);
        assertThat(delivery.lastError()).contains("answered 500");
        assertThat(store.history().find(DeliveryId.parse(delivery.id()).orElseThrow()))
                .contains(delivery);
    }

    @Test
    void cancelEndsLeasedDeliveries() {
        publish("a", "1");
        Claimed claimed = claimOne("a");

        assertThat(sweep(cancel("a"), 10)).hasSize(1);
        assertThat(record(delivered(claimed))).isEmpty();
        assertThat(state("1", "a")).isEqualTo(DeliveryState.CANCELED);
        assertThat(attempts("1", "a")).isEmpty();
    }

    @Test
    void cancelKeepsToItsBudgetAndItsWebhook() {
        publish("a", "1", "2", "3");
        publish("b", "4");

        Swept first = step(cancel("a"), 2);
        assertThat(first.ended()).extracting(Delivery::eventId).containsExactly("1", "2");
        Swept second = step(cancel("a").after(first.next().orElseThrow()), 2);
        assertThat(second.ended()).extracting(Delivery::eventId).containsExactly("3");
        assertThat(second.next()).isEmpty();
        assertThat(sweep(cancel("a"), 2)).isEmpty();
        assertThat(sweep(cancel("nobody"), 2)).isEmpty();
        assertThat(state("4", "b")).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void stepLooksAtNoMoreThanItsBudgetAndTheNextOneGoesOnThere() {
        publish("a", "old");
        record(failed(claimOne("a"), Duration.ofHours(1)));
        Instant until = store.now();
        publish("a", "1", "2", "3", "4", "5", "6", "7");

        Sweep sweep = Sweep.expire("a", until);
        int steps = 0;
        Swept swept = step(sweep, 3);
        while (swept.ended().isEmpty()) {
            assertThat(swept.matched()).isZero();
            steps++;
            sweep = sweep.after(swept.next().orElseThrow());
            swept = step(sweep, 3);
        }

        assertThat(steps).as("seven that stay are before it").isEqualTo(2);
        assertThat(swept.ended()).extracting(Delivery::eventId).containsExactly("old");
        assertThat(store.queue().due(1)).containsOnlyKeys("a");
    }

    @Test
    void whatWasFirstDueLongAgoIsEndedAsExhausted() {
        Instant now = store.now();
        store.queue()
                .insert(List.of(
                        dueAt(now.minusSeconds(10), event("old"), "a"),
                        dueAt(now.minusSeconds(9), event("older"), "b"),
                        dueAt(now, event("new"), "a")));
        record(failed(claimOne("a"), Duration.ofHours(1)));
        Claimed claimed = claimOne("b");

        List<Delivery> ended = sweep(Sweep.expire("a", now), 10);

        assertThat(ended).containsExactly(delivery("old", "a"));
        assertEnded(ended.get(0), DeliveryState.EXHAUSTED);
        assertThat(ended.get(0).eventId()).isEqualTo("old");
        assertThat(state("old", "a")).isEqualTo(DeliveryState.EXHAUSTED);
        assertThat(state("new", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(sweep(Sweep.expire("b", now), 10)).as("it is being sent").isEmpty();
        assertThat(record(delivered(claimed))).hasSize(1);
    }

    @Test
    void whatANodeThatDiedHadClaimedIsEndedForItsAgeToo() {
        Instant now = store.now();
        store.queue().insert(List.of(dueAt(now.minusSeconds(10), event("old"), "a")));
        claimOne("a");
        elapse(LEASE);

        assertThat(sweep(Sweep.expire("a", now), 10))
                .extracting(Delivery::eventId)
                .containsExactly("old");
    }

    @Test
    void whatIsStoredAtTheInstantOrLaterIsNeverEnded() {
        publish("a", "1", "2");
        Instant cut = store.now();
        // Due long ago, and stored now: it is the store's clock that counts.
        store.queue().insert(List.of(dueAt(cut.minusSeconds(9), event("3"), "a")));
        elapse(TICK);
        publish("a", "4");
        Claimed leased = claim("a", 2).get(1);

        List<Delivery> ended = sweep(Sweep.cancelStoredBefore("a", cut), 1);

        assertThat(leased.event().id()).isEqualTo("1");
        assertThat(ended).extracting(Delivery::eventId).containsExactlyInAnyOrder("1", "2");
        assertThat(state("3", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(state("4", "a")).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void bothBoundsHold() {
        Instant now = store.now();
        store.queue().insert(List.of(dueAt(now, event("1"), "a"), dueAt(now.plusSeconds(9), event("2"), "a")));
        elapse(TICK);
        store.queue().insert(List.of(dueAt(now, event("3"), "a")));

        Optional<Instant> storedBefore = Optional.of(now.plus(TICK));
        Optional<Instant> firstDueBefore = Optional.of(now.plusSeconds(1));
        Sweep sweep = new Sweep("a", DeliveryState.EXHAUSTED, storedBefore, firstDueBefore, Optional.empty());

        assertThat(sweep(sweep, 10)).extracting(Delivery::eventId).containsExactly("1");
    }

    @Test
    void endTellsTheTenant() {
        Optional<String> acme = Optional.of("acme");
        store.queue().insert(List.of(due(event("1", acme, new byte[0]), "a")));

        assertThat(sweep(cancel("a"), 10)).extracting(Delivery::tenant).containsExactly(acme);
        assertThat(Histories.find(store, acme, "1", "a").orElseThrow().state()).isEqualTo(DeliveryState.CANCELED);
    }

    @Test
    void whatIsClaimedOrReleasedBetweenTwoStepsIsEndedAtMostOnce() {
        publish("a", "1", "2", "3", "4");
        Sweep sweep = cancel("a");
        List<Delivery> ended = new ArrayList<>();

        Swept first = step(sweep, 1);
        ended.addAll(first.ended());
        List<Claimed> moved = claim("a", 2); // 2 and 3 are due later now
        Swept second = step(sweep.after(first.next().orElseThrow()), 1);
        ended.addAll(second.ended());
        store.queue().release(Map.of(moved.get(0).claim(), moved.get(0).dueAt())); // 2 is before the place again
        ended.addAll(sweep(sweep.after(second.next().orElseThrow()), 1));

        assertThat(ended).extracting(Delivery::eventId).containsExactly("1", "4", "3");
        assertThat(state("2", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(sweep(sweep, 1)).extracting(Delivery::eventId).containsExactly("2");
    }

    @Test
    void whatIsClaimedBetweenTwoStepsIsNotEndedForItsAge() {
        publish("a", "1", "2");
        Sweep sweep = Sweep.expire("a", store.now().plusSeconds(1));

        Swept first = step(sweep, 1);
        Claimed claimed = claimOne("a");
        List<Delivery> later = sweep(sweep.after(first.next().orElseThrow()), 1);

        assertThat(first.ended()).extracting(Delivery::eventId).containsExactly("1");
        assertThat(later).isEmpty();
        assertThat(record(delivered(claimed))).hasSize(1);
    }

    @Test
    void sweepsByManyAtOnceEndEachOnce() throws Exception {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            events.add(due(event("e" + i), "a"));
        }
        store.queue().insert(events);

        List<List<Delivery>> ended = inThreads(4, () -> sweep(cancel("a"), 10));

        Set<Delivery> distinct = new HashSet<>();
        ended.forEach(distinct::addAll);
        assertThat(ended.stream().mapToInt(List::size).sum()).isEqualTo(100);
        assertThat(distinct).hasSize(100);
        assertThat(store.queue().due(1)).isEmpty();
    }

    @Test
    void deliveriesThatAreDueAtTheSameInstantAreEachMetOnce() {
        Instant due = store.now().plus(LEASE);
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            events.add(
                    i % 2 == 0
                            ? leased(event("leased" + i), "a")
                            : new NewEvent(
                                    event("e" + i), List.of(new NewDelivery("a", Optional.of(due), Duration.ZERO))));
        }
        store.queue().insert(events);

        List<Delivery> expired = sweep(Sweep.expire("a", due.plus(TICK)), 64);
        assertThat(expired)
                .hasSize(500)
                .doesNotHaveDuplicates()
                .noneMatch(each -> each.eventId().startsWith("leased"));
        List<Delivery> canceled = sweep(cancel("a"), 64);
        assertThat(canceled)
                .hasSize(500)
                .doesNotHaveDuplicates()
                .allMatch(each -> each.eventId().startsWith("leased"));
    }
}
