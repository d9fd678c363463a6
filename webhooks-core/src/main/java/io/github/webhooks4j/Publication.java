package io.github.webhooks4j;

import java.util.Objects;

/**
 * What {@code publish} did.
 *
 * @param eventId the event's id, generated if the event had none
 * @param duplicate whether the store already had an event with this id, so that nothing was stored
 * @param deliveries how many deliveries were stored with the event: one for each webhook that it matched; 0 for a duplicate
 */
public record Publication(String eventId, boolean duplicate, int deliveries) {
    /** Checks for null only. */
    public Publication {
        Objects.requireNonNull(eventId, "eventId");
    }
}
