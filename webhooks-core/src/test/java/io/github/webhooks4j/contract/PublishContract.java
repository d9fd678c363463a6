package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a store must hold to when events come in. */
abstract class PublishContract extends DocumentsContract {
    @Test
    void insertReturnsTheKeysOfWhatWasStored() {
        StoredEvent one = event("1");
        StoredEvent two = event("2");

        assertThat(store.queue().insert(List.of(due(one, "a"), due(two, "a", "b"))))
                .containsExactlyInAnyOrder(one.key(), two.key());
    }

    @Test
    void insertOfNothingStoresNothing() {
        assertThat(store.queue().insert(List.of())).isEmpty();
    }

    @Test
    void eventIsKeptExactly() {
        byte[] data = new byte[10_000];
        new Random(1).nextBytes(data);
        StoredEvent event = new StoredEvent(
                key(),
                "evt_\u00fc\u20ac\uD83D\uDE00'?",
                Optional.of("acme"),
                "user.made",
                Instant.parse("1969-07-20T20:17:40.000001Z"),
                "text/plain; charset=\"utf-8\"",
                false,
                Map.of("X-Own", "a\\\"b", "x~2", "c"),
                data);
        store.queue().insert(List.of(due(event, "a")));

        assertThat(claimOne("a").event()).isEqualTo(event);
    }

    @Test
    void emptyDataIsKept() {
        store.queue().insert(List.of(due(event("1", NO_TENANT, new byte[0]), "a")));

        assertThat(claimOne("a").event().data()).isEmpty();
    }

    @Test
    void hugeDataIsKept() {
        byte[] data = new byte[5_000_000];
        new Random(2).nextBytes(data);
        store.queue().insert(List.of(due(event("1", NO_TENANT, data), "a")));

        assertThat(claimOne("a").event().data()).isEqualTo(data);
    }

    @Test
    void sameIdMakesNothingNew() {
        StoredEvent first = event("1", NO_TENANT, "first".getBytes(StandardCharsets.UTF_8));
        store.queue().insert(List.of(due(first, "a")));

        assertThat(store.queue().insert(List.of(due(event("1"), "a", "b")))).isEmpty();
        assertThat(claim("a", 10)).extracting(Claimed::event).containsExactly(first);
        assertThat(claim("b", 10)).isEmpty();
    }

    @Test
    void sameEventInsertedAgainMakesNothingNew() {
        NewEvent event = due(event("1"), "a");
        store.queue().insert(List.of(event));

        assertThat(store.queue().insert(List.of(event))).isEmpty();
        assertThat(claim("a", 10)).hasSize(1);
    }

    @Test
    void sameIdMakesNothingNewAfterTheDeliveryHasEnded() {
        publish("a", "1");
        record(delivered(claimOne("a")));

        assertThat(store.queue().insert(List.of(due(event("1"), "a")))).isEmpty();
        assertThat(claim("a", 10)).isEmpty();
    }

    @Test
    void duplicateDoesNotHoldUpTheOthers() {
        publish("a", "2", "4");
        List<NewEvent> events = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            events.add(due(event("" + i), "b"));
        }

        Set<UUID> stored = store.queue().insert(events);

        assertThat(stored).hasSize(3);
        assertThat(ids(claim("b", 10))).containsExactlyInAnyOrder("1", "3", "5");
    }

    @Test
    void sameIdTwiceInOneCallIsStoredOnce() {
        StoredEvent first = event("1");

        assertThat(store.queue().insert(List.of(due(first, "a"), due(event("1"), "b"), due(event("2"), "a"))))
                .hasSize(2)
                .contains(first.key());
        assertThat(ids(claim("a", 10))).containsExactlyInAnyOrder("1", "2");
        assertThat(claim("b", 10)).isEmpty();
    }

    @Test
    void idsOfDifferentTenantsAreDifferent() {
        store.queue().insert(List.of(due(event("1", Optional.of("acme"), new byte[0]), "a")));

        assertThat(store.queue()
                        .insert(List.of(
                                due(event("1", Optional.of("Acme"), new byte[0]), "b"),
                                due(event("1", NO_TENANT, new byte[0]), "c"))))
                .hasSize(2);
        assertThat(Histories.find(store, Optional.of("acme"), "1", "a")).isPresent();
        assertThat(Histories.find(store, Optional.of("acme"), "1", "b")).isEmpty();
        assertThat(Histories.find(store, NO_TENANT, "1", "a")).isEmpty();
    }

    @Test
    void eventIdsAreComparedByTheirBytes() {
        List<String> ids = List.of("q", "Q", "q ", " q", "\u00fc", "u\u0308", "u", "\u00df", "ss", "\u0131", "i");
        List<NewEvent> events = ids.stream().map(id -> due(event(id), "a")).toList();

        assertThat(store.queue().insert(events)).hasSize(ids.size());
        assertThat(ids(claim("a", 100))).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(Histories.find(store, NO_TENANT, "U", "a")).isEmpty();
    }

    @Test
    void oneOfManyThatInsertTheSameIdAtOnceStoresIt() throws Exception {
        List<Set<UUID>> stored = inThreads(
                8,
                () -> store.queue()
                        .insert(List.of(
                                due(event("1"), "a"), due(event("2"), "a"), due(event(key().toString()), "a"))));

        assertThat(stored.stream().mapToInt(Set::size).sum()).isEqualTo(8 + 2);
        assertThat(claim("a", 100)).hasSize(8 + 2);
    }

    @Test
    void eventWithoutDeliveriesIsStored() {
        StoredEvent event = event("1");

        assertThat(store.queue().insert(List.of(new NewEvent(event, List.of()))))
                .containsExactly(event.key());
        assertThat(store.queue().insert(List.of(due(event("1"), "a")))).isEmpty();
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void thousandEventsAreInsertedAtOnce() {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            events.add(due(event("e" + i), "a", "b"));
        }

        assertThat(store.queue().insert(events)).hasSize(1000);
        assertThat(claim("a", 2000)).hasSize(1000);
        assertThat(claim("b", 2000)).hasSize(1000);
    }

    @Test
    void newDeliveryIsPending() {
        publish("a", "1");

        var delivery = Histories.find(store, NO_TENANT, "1", "a").orElseThrow();
        assertThat(delivery.state()).isEqualTo(DeliveryState.PENDING);
        assertThat(delivery.eventType()).isEqualTo("user.made");
        assertThat(delivery.attempts()).isZero();
        assertThat(delivery.nextAttemptAt()).contains(store.now().minus(TICK));
    }

    @Test
    void deliveryIsNotClaimedBeforeTheInstantThatWasGiven() {
        Instant at = store.now().plus(Duration.ofDays(400)).plusNanos(1000);
        store.queue().insert(List.of(dueAt(at, event("1"), "a")));
        assertThat(store.queue().due(10)).containsEntry("a", at);

        elapse(Duration.ofDays(400));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        Claimed claimed = claimOne("a");
        assertThat(claimed.dueAt()).isEqualTo(at);
        assertThat(claimed.firstDueAt()).isEqualTo(at);
    }

    @Test
    void bornLeasedIsNotClaimedBeforeTheLeaseHasPassed() {
        store.queue().insert(List.of(leased(event("1"), "a")));

        elapse(LEASE.minus(TICK));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        Claimed claimed = claimOne("a");
        assertThat(claimed.claim().fence()).isGreaterThan(Claim.FIRST_FENCE);
        assertThat(claimed.claims()).isEqualTo(2);
    }

    @Test
    void bornLeasedIsRecordedWithTheFirstFence() {
        StoredEvent event = event("1");
        store.queue().insert(List.of(leased(event, "a")));
        Claim claim = new Claim(event.key(), "a", Claim.FIRST_FENCE);
        Claimed born = new Claimed(claim, 0, store.now(), store.now(), event);

        assertThat(record(delivered(born))).containsExactly(claim);
        assertThat(state("1", "a")).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void bornLeasedKeepsTheTimeItWasFirstDue() {
        Instant published = store.now();
        store.queue().insert(List.of(leased(event("1"), "a")));
        elapse(LEASE);

        assertThat(claimOne("a").firstDueAt()).isEqualTo(published);
    }
}
