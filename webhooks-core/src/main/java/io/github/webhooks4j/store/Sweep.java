package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.DeliveryState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Which pending deliveries of a webhook to end without an attempt, and where to go on. A sweep goes through the deliveries in the order
 * in which they are due, some at a time.
 *
 * @param webhookId the webhook
 * @param as {@code CANCELED} also ends leased deliveries, whose requests may be under way; {@code EXHAUSTED} ends only deliveries
 *     without a lease
 * @param storedBefore only deliveries that were stored before this instant of the store's clock; empty for all
 * @param firstDueBefore only deliveries that were first due before this instant; empty for all
 * @param after only deliveries after this place; empty to start with the first
 */
public record Sweep(
        String webhookId,
        DeliveryState as,
        Optional<Instant> storedBefore,
        Optional<Instant> firstDueBefore,
        Optional<Place> after) {
    /** Checks for null, and that a delivery can end in this state without an attempt. */
    public Sweep {
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(storedBefore, "storedBefore");
        Objects.requireNonNull(firstDueBefore, "firstDueBefore");
        Objects.requireNonNull(after, "after");
        if (as != DeliveryState.CANCELED && as != DeliveryState.EXHAUSTED) {
            throw new IllegalArgumentException("a sweep ends deliveries as CANCELED or EXHAUSTED, not as " + as);
        }
    }

    /** Cancels the deliveries of a webhook that were stored before an instant of the store's clock. */
    public static Sweep cancelStoredBefore(String webhookId, Instant storedBefore) {
        return new Sweep(
                webhookId, DeliveryState.CANCELED, Optional.of(storedBefore), Optional.empty(), Optional.empty());
    }

    /** Ends as exhausted the deliveries of a webhook that were first due before an instant and have no lease. */
    public static Sweep expire(String webhookId, Instant firstDueBefore) {
        return new Sweep(
                webhookId, DeliveryState.EXHAUSTED, Optional.empty(), Optional.of(firstDueBefore), Optional.empty());
    }

    /** This sweep, going on after a place. */
    public Sweep after(Place place) {
        return new Sweep(webhookId, as, storedBefore, firstDueBefore, Optional.of(place));
    }

    /** This sweep, going on where another sweep of the same webhook is. */
    public Sweep from(Sweep other) {
        return new Sweep(webhookId, as, storedBefore, firstDueBefore, other.after);
    }

    /**
     * A place in the order in which the deliveries of a webhook are due.
     *
     * @param nextAt when a delivery is due
     * @param event its event's internal key
     */
    public record Place(Instant nextAt, UUID event) {
        /** Checks for null only. */
        public Place {
            Objects.requireNonNull(nextAt, "nextAt");
            Objects.requireNonNull(event, "event");
        }
    }
}
