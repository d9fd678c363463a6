package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.RateLimit;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How many deliveries of a webhook to claim.
 *
 * @param webhookId the webhook
 * @param deliveries how many at most; at least one
 * @param allowance its rate limit; empty if it has none
 */
public record Want(String webhookId, int deliveries, Optional<Allowance> allowance) {
    /** Checks for null and for the number. */
    public Want {
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(allowance, "allowance");
        if (deliveries < 1) {
            throw new IllegalArgumentException("deliveries is " + deliveries + "; it must be at least 1");
        }
    }

    /** This many deliveries of a webhook without a rate limit. */
    public static Want of(String webhookId, int deliveries) {
        return new Want(webhookId, deliveries, Optional.empty());
    }

    /** At most this many deliveries of a webhook, and no more than its limit makes available. */
    public static Want within(RateLimit limit, Duration startWithin, String webhookId, int deliveries) {
        return new Want(webhookId, deliveries, Optional.of(new Allowance(limit, startWithin)));
    }

    /**
     * The rate limit of a webhook.
     *
     * @param limit claims use it up, in the same transaction
     * @param startWithin how long after the claim the requests start, at the latest
     */
    public record Allowance(RateLimit limit, Duration startWithin) {
        /** Checks for null only. */
        public Allowance {
            Objects.requireNonNull(limit, "limit");
            Objects.requireNonNull(startWithin, "startWithin");
        }
    }
}
