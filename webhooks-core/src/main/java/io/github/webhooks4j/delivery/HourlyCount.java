package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * How often the same came of attempts within one hour.
 *
 * @param hour when the hour begins, in UTC. An attempt belongs to the hour in which its outcome was recorded
 * @param webhookId the webhook that the attempts went to; empty in a sum over webhooks
 * @param tenant the webhook's tenant; empty if it has none, and in a sum over tenants
 * @param outcome what the attempts made of their deliveries: {@code PENDING} if they failed and another attempt follows, {@code
 *     DELIVERED}, or {@code EXHAUSTED} if the last one failed. Deliveries also end without an attempt: {@code CANCELED}, {@code
 *     ABANDONED}, or {@code EXHAUSTED} without a failure, since they were too old
 * @param failure why the attempts failed: the name of a {@link Failure}, such as {@code TIMEOUT}, or the class of the status with
 *     which the receiver answered, such as {@code 5xx}. Empty if they did not fail, or there were none
 * @param count how many there were, 1 at least
 * @param duration how long they took together, in milliseconds; zero without attempts
 */
public record HourlyCount(
        Instant hour,
        String webhookId,
        Optional<String> tenant,
        DeliveryState outcome,
        String failure,
        long count,
        Duration duration) {
    /** Checks that the hour is a whole one and the count 1 at least. */
    public HourlyCount {
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(duration, "duration");
        if (!hour.equals(hour.truncatedTo(ChronoUnit.HOURS))) {
            throw new IllegalArgumentException("hour is " + hour + "; it must be the beginning of an hour in UTC");
        }
        if (count < 1) {
            throw new IllegalArgumentException("count is " + count + "; it must be 1 at least");
        }
    }
}
