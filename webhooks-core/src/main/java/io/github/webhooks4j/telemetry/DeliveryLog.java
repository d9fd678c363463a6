package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line in the log for each attempt, and for each end without an attempt. It shows ids, types and what is known of a closed set:
 * no URL, no secret, and nothing that a receiver wrote. Ids and types cannot have a line break.
 */
public final class DeliveryLog {
    private static final Logger log = LoggerFactory.getLogger("io.github.webhooks4j.deliveries");

    private DeliveryLog() {}

    /** An attempt was recorded. */
    public static void attempted(Delivery delivery, Attempt attempt) {
        if (isDelivered(delivery, attempt)) {
            log.info(
                    "delivered {} {} to webhook {} in {} ms (attempt {}, {})",
                    delivery.eventType(),
                    delivery.eventId(),
                    delivery.webhookId(),
                    attempt.duration().toMillis(),
                    attempt.number(),
                    attempt.text());
        } else {
            log.info(
                    "attempt {} of {} {} to webhook {} failed in {} ms, {}: {}",
                    attempt.number(),
                    delivery.eventType(),
                    delivery.eventId(),
                    delivery.webhookId(),
                    attempt.duration().toMillis(),
                    attempt.text(),
                    next(delivery, attempt));
        }
    }

    /** One that was redelivered is {@code DELIVERED} also if that failed. */
    private static boolean isDelivered(Delivery delivery, Attempt attempt) {
        return delivery.state() == DeliveryState.DELIVERED
                && delivery.lastError().isEmpty()
                && attempt.status().equals(delivery.lastStatus());
    }

    private static String next(Delivery delivery, Attempt attempt) {
        if (attempt.failure().equals(Optional.of(Failure.STALE))
                && !delivery.lastError().equals(Optional.of(attempt.text()))) {
            return "it was made again on a new connection";
        }
        return delivery.nextAttemptAt().map(next -> "the next is at " + next).orElse("there is no further attempt");
    }

    /** A delivery ended. */
    public static void ended(Delivery delivery) {
        switch (delivery.state()) {
            case EXHAUSTED ->
                log.warn(
                        "gave up {} {} to webhook {} after {}{}",
                        delivery.eventType(),
                        delivery.eventId(),
                        delivery.webhookId(),
                        attempts(delivery),
                        delivery.lastError().map(error -> ": " + error).orElse(""));
            case ABANDONED ->
                log.warn(
                        "abandoned {} {} to webhook {} after {}: it may be what ends this process",
                        delivery.eventType(),
                        delivery.eventId(),
                        delivery.webhookId(),
                        attempts(delivery));
            case CANCELED ->
                log.info(
                        "canceled {} {} to webhook {} after {}",
                        delivery.eventType(),
                        delivery.eventId(),
                        delivery.webhookId(),
                        attempts(delivery));
            case DELIVERED, PENDING -> {
                // its attempt has a line
            }
        }
    }

    private static String attempts(Delivery delivery) {
        return delivery.attempts() == 1 ? "1 attempt" : delivery.attempts() + " attempts";
    }
}
