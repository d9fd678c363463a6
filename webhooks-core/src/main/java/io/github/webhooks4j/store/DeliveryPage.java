package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Delivery;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A part of a list of deliveries, the newest first.
 *
 * @param deliveries of the list; fewer than wanted, or none, if many were read that the filter leaves out
 * @param next after which place the list goes on; empty at its end
 */
public record DeliveryPage(List<Delivery> deliveries, Optional<Place> next) {
    /** Copies the deliveries. */
    public DeliveryPage {
        deliveries = List.copyOf(deliveries);
        Objects.requireNonNull(next, "next");
    }

    /**
     * The place of a delivery in each list that it is in. It never changes.
     *
     * @param event its event's internal key
     * @param webhookId the webhook that it goes to
     */
    public record Place(UUID event, String webhookId) {
        /** The order of lists: the newest event first, by the bytes of its key, and then the last webhook. */
        public static final Comparator<Place> ORDER = Comparator.comparing(Place::event, Place::compareBytes)
                .thenComparing(Place::webhookId)
                .reversed();

        /** Checks for null only. */
        public Place {
            Objects.requireNonNull(event, "event");
            Objects.requireNonNull(webhookId, "webhookId");
        }

        /** Compares as databases do; {@link UUID#compareTo} takes the numbers as signed. */
        public static int compareBytes(UUID one, UUID other) {
            int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
            return high != 0
                    ? high
                    : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
        }
    }
}
