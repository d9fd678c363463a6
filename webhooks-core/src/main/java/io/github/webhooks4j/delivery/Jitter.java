package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Spreads the delays of another policy, so that deliveries that failed together do not come back together. */
record Jitter(RetryPolicy policy, double part, RandomGenerator random) implements RetryPolicy {
    /** Beyond this, milliseconds may overflow, and nobody comes back together. */
    private static final Duration LONGEST_SPREAD = Duration.ofDays(36_500);

    Jitter {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(random, "random");
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("part is " + part + "; it must be 0 to 1, such as 0.2 for ± 20 %");
        }
    }

    @Override
    public Optional<Duration> delayAfter(Attempt attempt) {
        return policy.delayAfter(attempt).map(delay -> {
            if (delay.compareTo(LONGEST_SPREAD) > 0) {
                return delay;
            }
            double factor = 1 + part * (2 * random.nextDouble() - 1);
            return Duration.ofMillis(Math.round(delay.toMillis() * factor));
        });
    }

    /** Each thread's own generator. */
    static final class Shared implements RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }

        @Override
        public String toString() {
            return "random";
        }
    }
}
