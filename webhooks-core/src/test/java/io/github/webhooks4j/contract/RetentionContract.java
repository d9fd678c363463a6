package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.CapturedRequest;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Recovery;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What a store must hold to when events and what became of their deliveries are forgotten. */
abstract class RetentionContract extends TestCallContract {
    /** After all that the fixture publishes. */
    private static final Instant LATER = DeliveryId.publishedAt(new UUID(Long.MAX_VALUE, 0));

    private interface Step {
        BulkStep<UUID> step(Instant publishedBefore, Optional<UUID> after, int budget);
    }

    /** Makes all steps, from the beginning; returns how much was forgotten. */
    private static int forget(Step forgetting, Instant publishedBefore, int budget) {
        int done = 0;
        Optional<UUID> after = Optional.empty();
        do {
            BulkStep<UUID> step = forgetting.step(publishedBefore, after, budget);
            done += step.done();
            after = step.next();
        } while (after.isPresent());
        return done;
    }

    private int forgetEvents() {
        return forget(store.history()::forgetEvents, LATER, 100);
    }

    private int forgetDeliveries() {
        return forget(store.history()::forgetDeliveries, LATER, 100);
    }

    /** Publishes an event to one webhook, which takes it; returns the id of the delivery. */
    private DeliveryId taken(String eventId, String webhookId) {
        return taken(event(eventId), webhookId);
    }

    private DeliveryId taken(StoredEvent event, String webhookId) {
        store.queue().insert(List.of(due(event, webhookId)));
        record(delivered(claimOne(webhookId)));
        elapse(TICK);
        return DeliveryId.of(event.key(), webhookId);
    }

    private Redelivery redeliver(DeliveryId id) {
        return store.queue().redeliver(id);
    }

    private static Instant publishedAt(StoredEvent event) {
        return DeliveryId.publishedAt(event.key());
    }

    /** How much of what ended is to be sent again to a webhook. */
    private int recovered(String webhookId, boolean dry) {
        Recovery recovery = new Recovery(
                Which.in(TenantScope.ALL).webhook(webhookId).filter(),
                store.now().plusSeconds(1),
                store.now(),
                TICK,
                dry,
                Optional.empty());
        return store.queue().recover(recovery, 100, 1_000).done();
    }

    /** How many events a webhook never got. */
    private int replayed(String webhookId, boolean dry) {
        Replay replay = new Replay(
                webhookId, NO_TENANT, type -> true, Instant.EPOCH, LATER, store.now(), TICK, dry, Optional.empty());
        return store.queue().replay(replay, 1_000).done();
    }

    // ---- events

    @Test
    void oldEventIsForgottenAndWhatBecameOfItsDeliveriesIsStillTold() {
        DeliveryId id = taken("1", "a");
        Delivery before = store.history().find(id).orElseThrow();
        List<AttemptDetails> attempts = store.history().attempts(id);

        assertThat(forgetEvents()).isEqualTo(1);

        assertThat(store.history().event(TenantScope.NONE, "1")).isEmpty();
        assertThat(store.history().find(id)).contains(before);
        assertThat(store.history().attempts(id)).isEqualTo(attempts).hasSize(1);
        DeliveryPage page =
                store.history().list(Which.in(TenantScope.ALL).webhook("a").filter(), Optional.empty(), 10, 100);
        assertThat(page.deliveries()).containsExactly(before);
        assertThat(forgetEvents()).isZero();
    }

    @Test
    void forgottenEventIsSentToNobodyAgain() {
        DeliveryId id = taken("1", "a");
        forgetEvents();

        assertThat(redeliver(id)).isEqualTo(Redelivery.EVENT_GONE);
        assertThat(recovered("a", true)).isZero();
        assertThat(recovered("a", false)).isZero();
        assertThat(replayed("b", true)).isZero();
        assertThat(replayed("b", false)).isZero();
        elapse(LEASE);
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void idOfAForgottenEventIsFreeForAnother() {
        DeliveryId first = taken("1", "a");
        assertThat(store.queue().insert(List.of(due(event("1"), "a")))).isEmpty();
        forgetEvents();

        DeliveryId second = taken("1", "a");
        assertThat(forgetDeliveries()).isEqualTo(1);

        assertThat(second).isNotEqualTo(first);
        assertThat(store.history().find(first)).isEmpty();
        assertThat(store.history().find(second)).isPresent();
        assertThat(store.queue().insert(List.of(due(event("1"), "a")))).isEmpty();
    }

    @Test
    void onlyEventsOfBeforeTheInstantAreForgotten() {
        StoredEvent first = event("1");
        StoredEvent second = event("2");
        taken(first, "a");
        taken(second, "a");

        assertThat(forget(store.history()::forgetEvents, publishedAt(first), 10))
                .isZero();
        assertThat(forget(store.history()::forgetEvents, publishedAt(second), 10))
                .isEqualTo(1);
        assertThat(redeliver(DeliveryId.of(second.key(), "a"))).isEqualTo(Redelivery.DUE);
        assertThat(forget(store.history()::forgetEvents, publishedAt(second).plusNanos(1), 10))
                .as("it is pending")
                .isZero();
    }

    @Test
    void eventWithAPendingDeliveryStaysAndWhatIsBehindItIsForgotten() {
        publish("held", "1", "2", "3", "4", "5");
        taken("6", "a");
        store.queue().insert(List.of(due(event("7"), "a", "held")));
        record(delivered(claimOne("a")));
        taken("8", "a");

        assertThat(forget(store.history()::forgetEvents, LATER, 2)).isEqualTo(2);

        assertThat(ids(claim("held", 10))).containsExactly("1", "2", "3", "4", "5", "7");
    }

    @Test
    void stepOfForgettingEventsReadsNoMoreThanItsBudgetAndTheOldestFirst() {
        List<StoredEvent> events = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            events.add(event("e" + i));
            taken(events.get(i - 1), "a");
        }

        BulkStep<UUID> first = store.history().forgetEvents(LATER, Optional.empty(), 2);
        BulkStep<UUID> second = store.history().forgetEvents(LATER, first.next(), 2);

        assertThat(first).isEqualTo(new BulkStep<>(2, Optional.of(events.get(1).key())));
        assertThat(second).isEqualTo(new BulkStep<>(2, Optional.of(events.get(3).key())));
        assertThat(store.history().forgetEvents(LATER, second.next(), 2))
                .isEqualTo(new BulkStep<>(1, Optional.empty()));
    }

    @Test
    void leasedAndRedeliveredDeliveriesKeepTheirEvents() {
        publish("a", "1");
        Claimed leased = claimOne("a");
        DeliveryId again = taken("2", "b");
        redeliver(again);

        assertThat(forgetEvents()).isZero();

        assertThat(record(delivered(leased))).hasSize(1);
        assertThat(ids(claim("b", 1))).containsExactly("2");
        assertThat(forgetEvents()).isEqualTo(1);
    }

    @Test
    void eventThatMatchedNobodyIsForgotten() {
        store.queue().insert(List.of(due(event("1"))));

        assertThat(forgetEvents()).isEqualTo(1);
        assertThat(store.queue().insert(List.of(due(event("1"))))).hasSize(1);
    }

    @Test
    void testCallIsForgottenAsWell() {
        StoredEvent event = event("1");
        DeliveryId id = DeliveryId.of(event.key(), "a");
        Claim claim = new Claim(event.key(), "a", Claim.FIRST_FENCE);
        store.history()
                .addTest(captured(new Claimed(claim, 0, store.now(), store.now(), event), DeliveryState.DELIVERED));

        assertThat(expunged("1")).isEmpty();
        assertThat(store.history().attempts(id))
                .hasSize(1)
                .allSatisfy(attempt -> assertThat(attempt).isEqualTo(attempt.withoutCaptures()));
        assertThat(forgetEvents()).isEqualTo(1);
        assertThat(store.history().find(id).orElseThrow().test()).isTrue();
        assertThat(forgetDeliveries()).isEqualTo(1);
        assertThat(store.history().find(id)).isEmpty();
    }

    @Test
    void eventsThatManyForgetAtOnceAreForgottenOnce() throws Exception {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            events.add(due(event("e" + i)));
        }
        store.queue().insert(events);

        List<Integer> done = inThreads(4, () -> forget(store.history()::forgetEvents, LATER, 7));

        assertThat(done.stream().mapToInt(Integer::intValue).sum() + forgetEvents())
                .isEqualTo(100);
    }

    /** Who sends an event again and who forgets it meet in the store: one of them is first, and no delivery is left without its event. */
    @Test
    void eventThatIsRedeliveredWhileItIsForgottenIsEitherThereOrGone() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 40; i++) {
                String eventId = "e" + i;
                DeliveryId id = taken(eventId, "a");
                CyclicBarrier start = new CyclicBarrier(2);
                Future<Redelivery> redelivery = pool.submit(() -> {
                    start.await();
                    return redeliver(id);
                });
                Callable<Integer> forgetting = () -> {
                    start.await();
                    return forgetEvents();
                };
                Future<Integer> forgotten = pool.submit(forgetting);

                boolean due = redelivery.get() == Redelivery.DUE;
                int gone = forgotten.get();

                elapse(TICK);
                List<Claimed> claimed = claim("a", 1);
                assertThat(ids(claimed)).isEqualTo(due ? List.of(eventId) : List.of());
                if (due) {
                    assertThat(gone).isZero();
                    record(delivered(claimed.get(0)));
                } else {
                    assertThat(redelivery.get()).isEqualTo(Redelivery.EVENT_GONE);
                }
                forgetEvents();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void eventsThatAreReplayedWhileTheyAreForgottenAreEitherThereOrGone() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 20; i++) {
                    taken("e" + round + "-" + i, "a");
                }
                String webhookId = "b" + round;
                CyclicBarrier start = new CyclicBarrier(2);
                Future<Integer> replay = pool.submit(() -> {
                    start.await();
                    return replayed(webhookId, false);
                });
                Future<Integer> forgotten = pool.submit(() -> {
                    start.await();
                    return forget(store.history()::forgetEvents, LATER, 3);
                });

                int missing = replay.get();
                assertThat(missing + forgotten.get()).isLessThanOrEqualTo(20);

                elapse(LEASE);
                List<Claimed> claimed = claim(webhookId, 100);
                assertThat(claimed).hasSize(missing);
                claimed.forEach(each -> record(delivered(each)));
                forgetEvents();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    // ---- what became of deliveries

    @Test
    void whatBecameOfDeliveriesIsForgottenOnceTheirEventsAreGone() {
        DeliveryId id = taken("1", "a");
        StoredEvent both = event("2");
        store.queue().insert(List.of(due(both, "a", "b")));
        record(delivered(claimOne("a")));

        assertThat(forgetDeliveries()).as("their events are there").isZero();
        assertThat(forgetEvents()).isEqualTo(1);
        assertThat(forgetDeliveries()).isEqualTo(1);

        assertThat(store.history().find(id)).isEmpty();
        assertThat(store.history().attempts(id)).isEmpty();
        assertThat(redeliver(id)).isEqualTo(Redelivery.NOT_FOUND);
        assertThat(store.history().attempts(DeliveryId.of(both.key(), "a"))).hasSize(1);
        assertThat(ids(claim("b", 10))).containsExactly("2");
        DeliveryPage rest = store.history().list(Which.in(TenantScope.ALL).filter(), Optional.empty(), 10, 100);
        assertThat(rest.deliveries())
                .extracting(Delivery::eventId, Delivery::webhookId)
                .containsExactlyInAnyOrder(tuple("2", "a"), tuple("2", "b"));
    }

    @Test
    void onlyDeliveriesOfEventsOfBeforeTheInstantAreForgotten() {
        StoredEvent first = event("1");
        StoredEvent second = event("2");
        DeliveryId old = taken(first, "a");
        DeliveryId young = taken(second, "a");
        forgetEvents();

        assertThat(forget(store.history()::forgetDeliveries, publishedAt(first), 10))
                .isZero();
        assertThat(forget(store.history()::forgetDeliveries, publishedAt(second), 10))
                .isEqualTo(1);
        assertThat(store.history().find(old)).isEmpty();
        assertThat(store.history().find(young)).isPresent();
    }

    @Test
    void deliveriesAreForgottenInSteps() {
        for (int i = 0; i < 10; i++) {
            taken("e" + i, "a");
        }
        forgetEvents();

        BulkStep<UUID> first = store.history().forgetDeliveries(LATER, Optional.empty(), 4);

        assertThat(first.done()).isBetween(1, 4);
        assertThat(first.next()).isPresent();
        assertThat(first.done() + forget(store.history()::forgetDeliveries, LATER, 4))
                .isEqualTo(10);
        assertThat(forgetDeliveries()).isZero();
    }

    @Test
    void manyDeliveriesOfOneEventAndManyAttemptsOfOneDeliveryAreForgotten() {
        String[] webhookIds = new String[20];
        for (int i = 0; i < webhookIds.length; i++) {
            webhookIds[i] = "w" + i;
        }
        StoredEvent wide = event("wide");
        store.queue().insert(List.of(due(wide, webhookIds)));
        for (String webhookId : webhookIds) {
            record(delivered(claimOne(webhookId)));
        }
        taken("1", "a");
        publish("a", "long");
        DeliveryId attempted = deliveryId("long", "a");
        for (int i = 0; i < 20; i++) {
            record(failed(claimOne("a"), Duration.ZERO));
        }
        record(delivered(claimOne("a")));
        taken("2", "a");
        StoredEvent held = event("held");
        store.queue().insert(List.of(due(held, "a", "b")));
        record(delivered(claimOne("a")));
        assertThat(forgetEvents()).isEqualTo(4);

        assertThat(forget(store.history()::forgetDeliveries, LATER, 3)).isEqualTo(20 + 3);

        assertThat(store.history().attempts(attempted)).isEmpty();
        assertThat(store.history()
                        .list(Which.in(TenantScope.ALL).filter(), Optional.empty(), 10, 100)
                        .deliveries())
                .extracting(Delivery::eventId)
                .containsOnly("held");
        assertThat(store.history().attempts(DeliveryId.of(held.key(), "a"))).hasSize(1);
    }

    @Test
    void deliveriesThatManyForgetAtOnceAreForgottenOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            taken("e" + i, "a");
        }
        forgetEvents();

        List<Integer> done = inThreads(4, () -> forget(store.history()::forgetDeliveries, LATER, 7));

        assertThat(done.stream().mapToInt(Integer::intValue).sum() + forgetDeliveries())
                .isEqualTo(100);
        assertThat(store.history()
                        .list(Which.in(TenantScope.ALL).filter(), Optional.empty(), 10, 100)
                        .deliveries())
                .isEmpty();
    }

    // ---- one event, by hand

    private static StoredEvent secret(String id) {
        return new StoredEvent(
                key(),
                id,
                NO_TENANT,
                "user.made",
                Instant.EPOCH,
                "application/json",
                true,
                Map.of("X-Name", "Ada"),
                "{\"name\":\"Ada\"}".getBytes(StandardCharsets.UTF_8));
    }

    private Optional<List<Delivery>> expunge(TenantScope scope, String eventId) {
        return store.history().expunge(scope, eventId);
    }

    private List<Delivery> expunged(String eventId) {
        return expunge(TenantScope.NONE, eventId).orElseThrow();
    }

    /** An attempt of which everything was captured. */
    private Outcome captured(Claimed claimed, DeliveryState state) {
        AttemptDetails details = new AttemptDetails(
                attempt(claimed.attempts() + 1, state == DeliveryState.DELIVERED ? 200 : 500, "Ada was here"),
                new Timing(Optional.of(TICK), Optional.empty(), Optional.empty(), Optional.empty()),
                "https://a.example",
                Optional.empty(),
                7,
                Optional.of(new CapturedRequest("POST", Map.of("X-Name", "Ada"), "{\"name\":\"Ada\"}")),
                Map.of("X-Seen", "Ada"),
                "node-1");
        return new Outcome(claimed, List.of(details), state, LEASE);
    }

    @Test
    void expungedEventKeepsTheFactsAndNothingElse() {
        StoredEvent event = secret("1");
        store.queue().insert(List.of(due(event, "a", "b", "c")));
        record(captured(claimOne("a"), DeliveryState.DELIVERED), captured(claimOne("b"), DeliveryState.PENDING));
        taken("2", "a");
        Delivery before = seen("1", "a");
        List<AttemptDetails> attempts = store.history().attempts(DeliveryId.of(event.key(), "a"));
        assertThat(attempts.get(0).request()).isPresent();

        List<Delivery> canceled = expunged("1");

        assertThat(canceled).extracting(Delivery::webhookId).containsExactlyInAnyOrder("b", "c");
        for (Delivery each : canceled) {
            assertEnded(each, DeliveryState.CANCELED, each.webhookId().equals("b") ? 1 : 0, store.now());
            assertThat(seen("1", each.webhookId())).isEqualTo(each);
        }
        assertThat(seen("1", "a")).isEqualTo(before);
        EventDetails rest = store.history().event(TenantScope.NONE, "1").orElseThrow();
        assertThat(rest.data()).isEmpty();
        assertThat(rest.event().headers()).isEmpty();
        assertThat(rest.event().webhooks()).isEqualTo(3);
        assertThat(rest.event().type()).isEqualTo("user.made");
        assertThat(store.history().attempts(DeliveryId.of(event.key(), "a")))
                .containsExactly(attempts.get(0).withoutCaptures());
        assertThat(store.history().attempts(DeliveryId.of(event.key(), "b")))
                .singleElement()
                .satisfies(attempt -> {
                    assertThat(attempt).isEqualTo(attempt.withoutCaptures());
                    assertThat(attempt.attempt().text()).isEqualTo("answered 500");
                });
        assertThat(attempts("2", "a").get(0).excerpt()).isNotEmpty();
        elapse(LEASE.multipliedBy(2));
        assertThat(store.queue().due(10)).isEmpty();
        assertThat(expunged("1")).as("again").isEmpty();
    }

    @Test
    void expungedEventIsSentToNobodyAgainAndItsIdStaysTaken() {
        DeliveryId id = taken("1", "a");
        expunged("1");

        assertThat(redeliver(id)).isEqualTo(Redelivery.EVENT_GONE);
        assertThat(recovered("a", true)).isZero();
        assertThat(recovered("a", false)).isZero();
        assertThat(replayed("b", true)).isZero();
        assertThat(replayed("b", false)).isZero();
        assertThat(store.queue().insert(List.of(due(event("1"), "a")))).isEmpty();
        elapse(LEASE);
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void lateOutcomeOfADeliveryThatWasLeasedWhenItsEventWasExpungedChangesNothing() {
        publish("a", "1");
        Claimed late = claimOne("a");

        assertThat(expunged("1")).extracting(Delivery::state).containsExactly(DeliveryState.CANCELED);

        assertThat(record(captured(late, DeliveryState.DELIVERED))).isEmpty();
        assertChangesNothing(late);
        assertThat(attempts("1", "a")).isEmpty();
    }

    @Test
    void redeliveredDeliveryIsAgainWhatItWasWhenItsEventIsExpunged() {
        DeliveryId id = taken("1", "a");
        redeliver(id);

        assertThat(expunged("1")).extracting(Delivery::state).containsExactly(DeliveryState.DELIVERED);
        assertThat(seen("1", "a").state()).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void onlyAnEventOfTheScopeIsExpunged() {
        Optional<String> acme = Optional.of("acme");
        StoredEvent mine = event("1", acme, new byte[1]);
        StoredEvent named = event("1", NO_TENANT, new byte[1]);
        UUID key = key();
        StoredEvent made = new StoredEvent(
                key,
                StoredEvent.idOf(key),
                acme,
                "user.made",
                Instant.EPOCH,
                "text/plain",
                false,
                Map.of(),
                new byte[1]);
        store.queue().insert(List.of(due(mine, "a"), due(named, "b"), due(made, "c")));

        assertThat(expunge(TenantScope.NONE, "2")).isEmpty();
        assertThat(expunge(TenantScope.of(Optional.of("other")), "1")).isEmpty();
        assertThat(expunge(TenantScope.NONE, made.id())).isEmpty();
        assertThat(expunge(TenantScope.of(Optional.of("other")), made.id())).isEmpty();
        assertThat(store.queue().due(10)).hasSize(3);
        assertThat(expunge(TenantScope.of(acme), "1").orElseThrow())
                .extracting(Delivery::webhookId)
                .containsExactly("a");
        assertThat(expunge(TenantScope.ALL, "1").orElseThrow())
                .extracting(Delivery::webhookId)
                .containsExactly("b");
        assertThat(expunge(TenantScope.ALL, made.id()).orElseThrow())
                .extracting(Delivery::webhookId)
                .containsExactly("c");
    }

    @Test
    void whatWasCapturedIsExpungedAlsoOfAnEventThatIsGone() {
        UUID key = key();
        StoredEvent event = new StoredEvent(
                key,
                StoredEvent.idOf(key),
                NO_TENANT,
                "user.made",
                Instant.EPOCH,
                "text/plain",
                false,
                Map.of(),
                new byte[1]);
        store.queue().insert(List.of(due(event, "a")));
        record(captured(claimOne("a"), DeliveryState.DELIVERED));
        forgetEvents();

        assertThat(expunge(TenantScope.of(Optional.of("other")), event.id())).isEmpty();
        assertThat(store.history().attempts(DeliveryId.of(key, "a")).get(0).request())
                .isPresent();
        assertThat(expunged(event.id())).isEmpty();
        assertThat(store.history().attempts(DeliveryId.of(key, "a")))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt).isEqualTo(attempt.withoutCaptures()));
    }

    @Test
    void expungedEventIsForgottenInTheEnd() {
        publish("a", "1");
        DeliveryId id = deliveryId("1", "a");
        expunged("1");

        assertThat(forgetEvents()).isEqualTo(1);
        assertThat(forgetDeliveries()).isEqualTo(1);
        assertThat(store.history().find(id)).isEmpty();
    }

    @Test
    void eventIsExpungedWhileItsDeliveriesAreClaimedAndRecorded() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 20; i++) {
                StoredEvent event = secret("e" + i);
                store.queue().insert(List.of(due(event, "a", "b")));
                CyclicBarrier start = new CyclicBarrier(2);
                Future<List<Delivery>> expunged = pool.submit(() -> {
                    start.await();
                    return expunged(event.id());
                });
                Future<Integer> sent = pool.submit(() -> {
                    start.await();
                    int recorded = 0;
                    for (String webhookId : List.of("a", "b")) {
                        for (Claimed each : claim(webhookId, 1)) {
                            Claim claim = each.claim();
                            recorded += record(captured(each, DeliveryState.DELIVERED))
                                            .contains(claim)
                                    ? 1
                                    : 0;
                        }
                    }
                    return recorded;
                });

                assertThat(expunged.get().size() + sent.get()).isEqualTo(2);
                for (String webhookId : List.of("a", "b")) {
                    assertThat(store.history().attempts(DeliveryId.of(event.key(), webhookId)))
                            .allSatisfy(attempt -> assertThat(attempt).isEqualTo(attempt.withoutCaptures()));
                }
                assertThat(store.queue().due(10)).isEmpty();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
