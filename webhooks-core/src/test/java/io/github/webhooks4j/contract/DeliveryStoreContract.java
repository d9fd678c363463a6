package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.Histories;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link io.github.webhooks4j.store.DeliveryStore} must hold to. Extend it for yours: {@link #openStore} makes an empty
 * one, {@link #elapse} moves its clock, which must stand still otherwise.
 *
 * <p>A store keeps at least microseconds of instants, milliseconds of an attempt's durations, five megabytes of data and
 * 16,384 characters of an excerpt.
 */
public abstract class DeliveryStoreContract extends RetentionContract {
    /** For subclasses. */
    protected DeliveryStoreContract() {}

    @Test
    void unknownDeliveryIsNotFound() {
        publish("a", "1");

        assertThat(Histories.find(store, NO_TENANT, "1", "b")).isEmpty();
        assertThat(Histories.find(store, NO_TENANT, "2", "a")).isEmpty();
        assertThat(Histories.find(store, Optional.of("acme"), "1", "a")).isEmpty();
    }
}
