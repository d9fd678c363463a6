package io.github.webhooks4j.store;

import java.util.Objects;
import java.util.UUID;

/**
 * The temporary exclusive right to a delivery.
 *
 * @param event the event's internal key
 * @param webhookId the webhook that it goes to
 * @param fence the number of this claim
 */
public record Claim(UUID event, String webhookId, int fence) {
    /** The fence of a delivery that is stored as already claimed. */
    public static final int FIRST_FENCE = 1;

    /** Checks for null only. */
    public Claim {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(webhookId, "webhookId");
    }
}
