package io.github.webhooks4j;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an attempt means for its delivery.
 *
 * @param state the delivery's state from now on
 * @param delay for {@code PENDING}, how long to wait for the next attempt
 */
record Verdict(DeliveryState state, Duration delay) {
    private static final Logger log = LoggerFactory.getLogger(Verdict.class);
    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(6);
    private static final Duration MAX_DELAY = Duration.ofDays(365);
    private static final int GONE = 410;

    private static final Verdict DELIVERED = new Verdict(DeliveryState.DELIVERED, Duration.ZERO);
    private static final Verdict EXHAUSTED = new Verdict(DeliveryState.EXHAUSTED, Duration.ZERO);

    /** The verdict on an attempt that is counted; one that failed on our side ({@link Failure#OURS}) is not. */
    static Verdict on(Attempt attempt, RetryPolicy policy) {
        int status = attempt.status().orElse(0);
        if (status >= 200 && status < 300) {
            return DELIVERED;
        }
        if (status == GONE) {
            return EXHAUSTED;
        }
        return delay(attempt, policy)
                .map(delay -> new Verdict(DeliveryState.PENDING, later(delay, attempt.retryAfter())))
                .orElse(EXHAUSTED);
    }

    private static Duration later(Duration delay, Optional<Duration> retryAfter) {
        Duration asked = retryAfter.orElse(Duration.ZERO);
        Duration capped = asked.compareTo(MAX_RETRY_AFTER) < 0 ? asked : MAX_RETRY_AFTER;
        return delay.compareTo(capped) < 0 ? capped : delay;
    }

    /** What any store can add to its clock. */
    private static Duration inRange(Duration delay) {
        if (delay.isNegative()) {
            return Duration.ZERO;
        }
        return delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
    }

    private static Optional<Duration> delay(Attempt attempt, RetryPolicy policy) {
        try {
            return policy.delayAfter(attempt).map(Verdict::inRange);
        } catch (RuntimeException | Error e) {
            log.error("the retry policy {} threw; the standard policy decides instead", policy, e);
            return RetryPolicy.standard().delayAfter(attempt);
        }
    }
}
