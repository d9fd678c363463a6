package io.github.webhooks4j.history;

import java.time.Duration;
import java.util.Objects;

/**
 * How long something took in the last five to ten minutes, off by 1.6 % at most. All are zero if nothing happened.
 *
 * @param count how often it happened
 * @param p50 the median: half of it took no longer
 * @param p95 95 of a hundred took no longer
 * @param p99 99 of a hundred took no longer
 */
public record Latency(long count, Duration p50, Duration p95, Duration p99) {
    /** Checks for null only. */
    public Latency {
        Objects.requireNonNull(p50, "p50");
        Objects.requireNonNull(p95, "p95");
        Objects.requireNonNull(p99, "p99");
    }
}
