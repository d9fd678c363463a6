package io.github.webhooks4j.store;

import java.util.List;
import java.util.Objects;

/**
 * An event to store, with its deliveries.
 *
 * @param event the event
 * @param deliveries one for each webhook that it goes to; may be empty
 */
public record NewEvent(StoredEvent event, List<NewDelivery> deliveries) {
    /** Copies the deliveries. */
    public NewEvent {
        Objects.requireNonNull(event, "event");
        deliveries = List.copyOf(deliveries);
    }
}
