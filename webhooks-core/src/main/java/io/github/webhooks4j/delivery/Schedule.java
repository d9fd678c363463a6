package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The retry policy that is a list of delays. */
record Schedule(List<Duration> delays) implements RetryPolicy {
    private static final int MAX_ATTEMPTS = 1000;

    Schedule {
        delays = List.copyOf(delays);
        delays.forEach(Schedule::requireNotNegative);
        if (delays.size() >= MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts is " + (delays.size() + 1) + "; at most " + MAX_ATTEMPTS);
        }
    }

    @Override
    public Optional<Duration> delayAfter(Attempt attempt) {
        int index = attempt.number() - 1;
        return index < delays.size() ? Optional.of(delays.get(index)) : Optional.empty();
    }

    static int retries(int attempts) {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts is " + attempts + "; it must be 1 to " + MAX_ATTEMPTS);
        }
        return attempts - 1;
    }

    static void requireNotNegative(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay is " + delay + "; it must not be negative");
        }
    }
}
