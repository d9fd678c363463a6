package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.NewEvent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store must hold to when people cancel a delivery. */
abstract class CancelContract extends RedeliveryContract {
    @Test
    void canceledDeliveryIsNotSentAndOthersAre() {
        NewEvent both = due(event("1"), "a", "b");
        store.queue().insert(List.of(both, due(event("2"), "a")));
        record(failed(claim("a", 2).get(0), LEASE));

        assertThat(cancel("1", "a")).isEqualTo(Cancellation.CANCELED);

        assertEnded(seen("1", "a"), DeliveryState.CANCELED, 1, store.now());
        assertLast(seen("1", "a"), 500);
        assertNumbers(1);
        elapse(LEASE);
        assertThat(ids(claim("a", 2))).containsExactly("2");
        assertThat(ids(claim("b", 2))).containsExactly("1");
    }

    @Test
    void leasedDeliveryIsCanceledUnderWayAndItsLateOutcomeChangesNothing() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        store.queue().insert(List.of(leased(event("2"), "b")));

        assertThat(cancel("1", "a")).isEqualTo(Cancellation.CANCELED_UNDER_WAY);
        assertThat(cancel("2", "b")).isEqualTo(Cancellation.CANCELED_UNDER_WAY);

        assertThat(record(delivered(claimed))).isEmpty();
        assertChangesNothing(claimed);
        assertEnded(seen("1", "a"), DeliveryState.CANCELED, 0, store.now());
        assertNoLast(seen("1", "a"));
        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void deliveryWhoseLeaseHasPassedIsCanceledAndItsLateOutcomeChangesNothing() {
        publish("a", "1");
        Claimed late = claimOne("a");
        elapse(LEASE);

        assertThat(cancel("1", "a")).isEqualTo(Cancellation.CANCELED);

        assertThat(record(delivered(late))).isEmpty();
        assertChangesNothing(late);
    }

    @ParameterizedTest
    @EnumSource
    void deliveryThatHasEndedIsNotCanceled(End end) {
        end(end);
        Delivery before = seen("1", "a");
        elapse(TICK);

        assertThat(cancel("1", "a")).isEqualTo(Cancellation.ALREADY_ENDED);

        assertThat(seen("1", "a")).isEqualTo(before);
    }

    @Test
    void oneOfManyCancelsADelivery() throws Exception {
        publish("a", "1");
        DeliveryId id = deliveryId("1", "a");

        assertThat(inThreads(3, () -> store.queue().cancel(id)))
                .containsExactlyInAnyOrder(
                        Cancellation.CANCELED, Cancellation.ALREADY_ENDED, Cancellation.ALREADY_ENDED);
    }
}
