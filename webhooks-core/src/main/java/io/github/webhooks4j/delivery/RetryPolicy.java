package io.github.webhooks4j.delivery;

import io.github.webhooks4j.machine.Doubling;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decides when to try again. Any of the sending threads calls it after a failed attempt; implementations are safe for concurrent
 * use. If a policy throws, the client logs it and uses {@link #standard} for this delivery.
 *
 * <p>A receiver can ask for a later attempt with {@code Retry-After}, up to 6 hours after the failure. The next attempt is never
 * earlier than the policy says.
 */
@FunctionalInterface
public interface RetryPolicy {
    /**
     * How long after this failed attempt the next one is due.
     *
     * @param attempt the attempt that failed; its number counts from 1
     * @return the delay, zero to a year; empty if this was the last attempt, and the delivery is exhausted
     */
    Optional<Duration> delayAfter(Attempt attempt);

    /**
     * The schedule of the Standard Webhooks specification: 10 attempts over about three days, after 0, 5 s, 5 min, 30 min,
     * 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each ± 20 %. The default.
     */
    static RetryPolicy standard() {
        return schedule(
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2),
                        Duration.ofHours(5),
                        Duration.ofHours(10),
                        Duration.ofHours(14),
                        Duration.ofHours(20),
                        Duration.ofHours(24))
                .withJitter(0.2);
    }

    /** Five attempts within three hours: after 0, 30 s, 5 min, 30 min and 2 h. */
    static RetryPolicy quick() {
        return schedule(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(30), Duration.ofHours(2));
    }

    /**
     * A list of delays: the first is waited after attempt 1, the second after attempt 2, and so on, so that {@code n} delays
     * make {@code n + 1} attempts.
     */
    static RetryPolicy schedule(Duration... delays) {
        return new Schedule(Arrays.asList(delays));
    }

    /** The same delay after each attempt, for this many attempts in all. */
    static RetryPolicy fixed(Duration delay, int attempts) {
        Schedule.requireNotNegative(Objects.requireNonNull(delay, "delay"));
        return new Schedule(
                Stream.generate(() -> delay).limit(Schedule.retries(attempts)).toList());
    }

    /**
     * Delays that double: after attempt {@code n} comes a delay of {@code min(first × 2^(n−1), cap)}, for this many attempts in all.
     */
    static RetryPolicy exponential(Duration first, Duration cap, int attempts) {
        Schedule.requireNotNegative(first);
        Schedule.requireNotNegative(cap);
        Doubling delays = new Doubling(first, cap);
        return new Schedule(IntStream.range(0, Schedule.retries(attempts))
                .mapToObj(n -> delays.after(n))
                .toList());
    }

    /** One attempt only. */
    static RetryPolicy none() {
        return new Schedule(List.of());
    }

    /**
     * The policy that the application registered under this name with {@link io.github.webhooks4j.WebhookClient.Builder#retryPolicy(String,
     * RetryPolicy)}: 1 to 64 letters, digits, dots, {@code _} or {@code -}.
     */
    static RetryPolicy custom(String name) {
        return new NamedRetryPolicy(name);
    }

    /** This policy with each delay changed at random by at most the given part of it, such as 0.2 for ± 20 %. */
    default RetryPolicy withJitter(double part) {
        return withJitter(part, new Jitter.Shared());
    }

    /** {@link #withJitter(double)} with this source of randomness, which must be safe for concurrent use. */
    default RetryPolicy withJitter(double part, RandomGenerator random) {
        return new Jitter(this, part, random);
    }
}
