package io.github.webhooks4j.delivery;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One event on its way to one webhook, as it was at one moment.
 *
 * @param id names this delivery: a UUID. The body of an API call has it, too
 * @param eventId the event's id
 * @param eventType the event's type
 * @param webhookId the webhook's id
 * @param tenant the tenant of both; empty if they have none
 * @param state what state the delivery is in
 * @param attempts how many attempts count so far
 * @param publishedAt when the event was published, in milliseconds. Lists are in this order
 * @param nextAttemptAt when the next attempt is due; empty once the delivery has ended
 * @param endedAt when the last attempt got its answer or failed, or, if the delivery ended without one, when it was ended; empty if it
 *     has not ended
 * @param lastStatus the HTTP status of the last attempt that counts; empty if there was none, or it got no answer
 * @param lastError what went wrong in the last attempt that counts, a clause such as {@code the certificate has expired} or {@code
 *     answered 503}; empty if there was none, or the receiver took it
 * @param test whether the event was made by a test call: it went to this webhook only, and once
 */
public record Delivery(
        String id,
        String eventId,
        String eventType,
        String webhookId,
        Optional<String> tenant,
        DeliveryState state,
        int attempts,
        Instant publishedAt,
        Optional<Instant> nextAttemptAt,
        Optional<Instant> endedAt,
        OptionalInt lastStatus,
        Optional<String> lastError,
        boolean test) {
    /** Checks for null only. */
    public Delivery {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(eventType, "eventType");
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(publishedAt, "publishedAt");
        Objects.requireNonNull(nextAttemptAt, "nextAttemptAt");
        Objects.requireNonNull(endedAt, "endedAt");
        Objects.requireNonNull(lastStatus, "lastStatus");
        Objects.requireNonNull(lastError, "lastError");
    }
}
