package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an attempt means for its delivery, its webhook and its lane.
 *
 * @param meaning what became of the attempt
 * @param state the delivery's state from now on
 * @param delay for {@code PENDING}, how long to wait for the next attempt
 * @param slowDown whether the receiver has more than it can take, so that fewer requests should be made at a time
 */
public record Verdict(Meaning meaning, DeliveryState state, Duration delay, boolean slowDown) {
    /** What became of an attempt. */
    public enum Meaning {
        /** The receiver has taken it. */
        DELIVERED,
        /** The receiver has not taken it, or could not be reached. */
        FAILED,
        /** The receiver says that it is gone for good, and wants no more of anything. */
        GONE,
        /** The egress policy forbids the target. */
        DENIED,
        /** The request could not be made. */
        INVALID,
        /** The trouble was not the receiver's: nothing is recorded, and no attempt used up. */
        OURS
    }

    private static final Logger log = LoggerFactory.getLogger(Verdict.class);
    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(6);
    private static final Duration MAX_DELAY = Duration.ofDays(365);
    private static final int GONE = 410;
    /** Too many requests, and what proxies say of a receiver that is down, full, or too slow. */
    private static final Set<Integer> OVERLOADED = Set.of(429, 502, 503, 504);

    /**
     * The verdict on an attempt.
     *
     * @param successCodes the statuses that mean delivered; empty for any of 200 to 299
     */
    static Verdict on(Attempt attempt, Set<Integer> successCodes, RetryPolicy policy) {
        Meaning meaning = meaning(attempt, successCodes);
        boolean slowDown = OVERLOADED.contains(attempt.status().orElse(0))
                || attempt.failure().equals(Optional.of(Failure.TIMEOUT));
        return switch (meaning) {
            case DELIVERED -> new Verdict(meaning, DeliveryState.DELIVERED, Duration.ZERO, false);
            case GONE -> new Verdict(meaning, DeliveryState.EXHAUSTED, Duration.ZERO, false);
            case OURS -> new Verdict(meaning, DeliveryState.PENDING, Duration.ZERO, false);
            case FAILED, DENIED, INVALID ->
                delay(attempt, policy)
                        .map(delay -> later(delay, attempt.retryAfter()))
                        .map(delay -> new Verdict(meaning, DeliveryState.PENDING, delay, slowDown))
                        .orElseGet(() -> new Verdict(meaning, DeliveryState.EXHAUSTED, Duration.ZERO, slowDown));
        };
    }

    private static Meaning meaning(Attempt attempt, Set<Integer> successCodes) {
        if (attempt.failure().isPresent()) {
            return switch (attempt.failure().get()) {
                case DENIED -> Meaning.DENIED;
                case INVALID -> Meaning.INVALID;
                case OURS -> Meaning.OURS;
                case DNS, CONNECT, TLS, TIMEOUT, PROTOCOL, STALE -> Meaning.FAILED;
            };
        }
        if (isDelivered(attempt.status(), successCodes)) {
            return Meaning.DELIVERED;
        }
        return attempt.status().orElseThrow() == GONE ? Meaning.GONE : Meaning.FAILED;
    }

    /**
     * Whether an answer means that the receiver has taken it.
     *
     * @param status empty if there was no answer
     * @param successCodes see {@link Target#successCodes}
     */
    public static boolean isDelivered(OptionalInt status, Set<Integer> successCodes) {
        int code = status.orElse(0);
        return successCodes.isEmpty() ? code >= 200 && code < 300 : successCodes.contains(code);
    }

    /** Whether the attempt is recorded and counted. */
    boolean usesUpAnAttempt() {
        return meaning != Meaning.OURS;
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
