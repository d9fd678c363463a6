package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import io.github.webhooks4j.store.DeliveryStore.NewEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every {@link io.github.webhooks4j.store.DeliveryStore} must hold to. Extend it for yours: {@link #openStore} makes an empty
 * one, {@link #elapse} moves its clock, which must stand still otherwise.
 *
 * <p>A store keeps at least microseconds of instants, milliseconds of an attempt's durations, five megabytes of data and
 * 16,384 characters of an excerpt.
 */
public abstract class DeliveryStoreContract extends RecordContract {
    /** For subclasses. */
    protected DeliveryStoreContract() {}

    @Test
    void unknownDeliveryIsNotFound() {
        publish("a", "1");

        assertThat(store.findDelivery(NO_TENANT, "1", "b")).isEmpty();
        assertThat(store.findDelivery(NO_TENANT, "2", "a")).isEmpty();
        assertThat(store.findDelivery(Optional.of("acme"), "1", "a")).isEmpty();
    }

    @Test
    void canceledDeliveryHasEnded() {
        publish("a", "1");
        record(failed(claimOne("a"), Duration.ofHours(1)));

        List<Delivery> canceled = store.cancel("a", 10);

        Delivery expected = new Delivery("1", "user.made", "a", NO_TENANT, DeliveryState.CANCELED, 1, Optional.empty());
        assertThat(canceled).containsExactly(expected);
        assertThat(store.findDelivery(NO_TENANT, "1", "a")).contains(expected);
        assertThat(attempts("1", "a")).hasSize(1);
        assertThat(store.due(10)).isEmpty();
    }

    @Test
    void cancelEndsLeasedDeliveries() {
        publish("a", "1");
        Claimed claimed = claimOne("a");

        assertThat(store.cancel("a", 10)).hasSize(1);
        assertThat(record(delivered(claimed))).isEmpty();
        assertThat(state("1", "a")).isEqualTo(DeliveryState.CANCELED);
        assertThat(attempts("1", "a")).isEmpty();
    }

    @Test
    void cancelKeepsToItsLimitAndItsWebhook() {
        publish("a", "1", "2", "3");
        publish("b", "4");

        assertThat(store.cancel("a", 2)).hasSize(2);
        assertThat(store.cancel("a", 2)).hasSize(1);
        assertThat(store.cancel("a", 2)).isEmpty();
        assertThat(store.cancel("nobody", 2)).isEmpty();
        assertThat(state("4", "b")).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void whatWasFirstDueLongAgoIsEndedAsExhausted() {
        Instant now = store.now();
        store.insert(List.of(
                dueAt(now.minusSeconds(10), event("old"), "a"),
                dueAt(now.minusSeconds(9), event("older"), "b"),
                dueAt(now, event("new"), "a")));
        record(failed(claimOne("a"), Duration.ofHours(1)));
        Claimed claimed = claimOne("b");

        List<Delivery> ended = store.expire("a", now, 10);

        assertThat(ended)
                .containsExactly(
                        new Delivery("old", "user.made", "a", NO_TENANT, DeliveryState.EXHAUSTED, 1, Optional.empty()));
        assertThat(state("old", "a")).isEqualTo(DeliveryState.EXHAUSTED);
        assertThat(state("new", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(store.expire("b", now, 10)).as("it is being sent").isEmpty();
        assertThat(record(delivered(claimed))).hasSize(1);
    }

    @Test
    void whatANodeThatDiedHadClaimedIsEndedForItsAgeToo() {
        Instant now = store.now();
        store.insert(List.of(dueAt(now.minusSeconds(10), event("old"), "a")));
        claimOne("a");
        elapse(LEASE);

        assertThat(store.expire("a", now, 10)).extracting(Delivery::eventId).containsExactly("old");
    }

    @Test
    void cancelByManyAtOnceEndsEachOnce() throws Exception {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            events.add(due(event("e" + i), "a"));
        }
        store.insert(events);

        List<Set<String>> canceled = inThreads(4, () -> {
            Set<String> mine = new HashSet<>();
            for (List<Delivery> some = store.cancel("a", 10); !some.isEmpty(); some = store.cancel("a", 10)) {
                some.forEach(each -> mine.add(each.eventId()));
            }
            return mine;
        });

        assertThat(canceled.stream().mapToInt(Set::size).sum()).isEqualTo(100);
    }
}
