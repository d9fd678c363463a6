package io.github.webhooks4j.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Which ended deliveries to send again, and where to go on. It is done some at a time.
 *
 * @param filter which deliveries
 * @param endedBy only what had ended at this instant of the store's clock
 * @param dueFrom when the first of them is due
 * @param apart how much later each is due than the one before
 * @param dry whether they are counted only, and nothing is changed
 * @param after goes on after this place; empty to begin
 */
public record Recovery(
        DeliveryFilter filter,
        Instant endedBy,
        Instant dueFrom,
        Duration apart,
        boolean dry,
        Optional<DeliveryPage.Place> after) {
    /** Checks for null only. */
    public Recovery {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(endedBy, "endedBy");
        Objects.requireNonNull(dueFrom, "dueFrom");
        Objects.requireNonNull(apart, "apart");
        Objects.requireNonNull(after, "after");
    }
}
