package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.RateLimit;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How many deliveries of a webhook to claim.
 *
 * @param webhookId whose
 * @param deliveries at most so many, one at least
 * @param allowance within which limit of its rate; empty if it has none
 */
public record Want(String webhookId, int deliveries, Optional<Allowance> allowance) {
    /** Checks for null and for the number. */
    public Want {
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(allowance, "allowance");
        if (deliveries < 1) {
            throw new IllegalArgumentException("deliveries is " + deliveries + "; at least one is wanted");
        }
    }

    /** So many deliveries of a webhook whose rate is not limited. */
    public static Want of(String webhookId, int deliveries) {
        return new Want(webhookId, deliveries, Optional.empty());
    }

    /** So many deliveries of a webhook, as far as a limit makes them available. */
    public static Want within(RateLimit limit, Duration startWithin, String webhookId, int deliveries) {
        return new Want(webhookId, deliveries, Optional.of(new Allowance(limit, startWithin)));
    }

    /**
     * A limit of the rate of a webhook.
     *
     * @param limit no more than it makes available, which what is claimed uses up in the same transaction
     * @param startWithin how long after the claim they start at the latest
     */
    public record Allowance(RateLimit limit, Duration startWithin) {
        /** Checks for null only. */
        public Allowance {
            Objects.requireNonNull(limit, "limit");
            Objects.requireNonNull(startWithin, "startWithin");
        }
    }
}
