package io.github.webhooks4j.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A delivery to store.
 *
 * @param webhookId the webhook that it goes to
 * @param dueAt when it is due, as the caller said; empty for at once
 * @param lease if not zero, the delivery is stored as already claimed, with fence 1 and one claim, and is due when the lease has
 *     passed
 */
public record NewDelivery(String webhookId, Optional<Instant> dueAt, Duration lease) {
    /** Checks for null only. */
    public NewDelivery {
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(dueAt, "dueAt");
        Objects.requireNonNull(lease, "lease");
    }
}
