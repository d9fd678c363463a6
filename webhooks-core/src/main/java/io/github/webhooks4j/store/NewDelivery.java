package io.github.webhooks4j.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A delivery to be stored.
 *
 * @param webhookId where it goes
 * @param dueAt when it is due, as the caller gave it; empty for at once
 * @param lease if not zero, it is born leased: stored as claimed, with fence 1 and one claim, and due when the lease has
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
