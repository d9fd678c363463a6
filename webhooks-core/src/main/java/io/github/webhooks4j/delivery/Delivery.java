package io.github.webhooks4j.delivery;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One event on its way to one webhook, as it was at one moment.
 *
 * @param eventId the event's id
 * @param eventType the event's type
 * @param webhookId the webhook's id
 * @param tenant the tenant of both; empty if they have none
 * @param state what state the delivery is in
 * @param attempts how many attempts count so far
 * @param nextAttemptAt when the next attempt is due; empty once the delivery has ended
 */
public record Delivery(
        String eventId,
        String eventType,
        String webhookId,
        Optional<String> tenant,
        DeliveryState state,
        int attempts,
        Optional<Instant> nextAttemptAt) {
    /** Checks for null only. */
    public Delivery {
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(eventType, "eventType");
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(nextAttemptAt, "nextAttemptAt");
    }
}
