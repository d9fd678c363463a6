package io.github.webhooks4j.engine;

import java.time.Duration;

/**
 * How long a claim lasts, and why: the time that a delivery may wait in its lane, the exchange, the record, and a margin.
 * The lease is the sum, so that it cannot be shorter than its parts.
 */
public record LeaseTerms(Duration queueWait, Duration exchange, Duration record, Duration margin) {
    private static final Duration LEAST = Duration.ofSeconds(1);

    /** Each part as long as an exchange may take, and at least a second: 60 s for the default time-out of 15 s. */
    public static LeaseTerms of(Duration exchange) {
        Duration part = exchange.compareTo(LEAST) < 0 ? LEAST : exchange;
        return new LeaseTerms(part, exchange, part, part);
    }

    public Duration lease() {
        return queueWait.plus(exchange).plus(record).plus(margin);
    }

    /** The last moment at which a send may start under a lease that ends then. */
    public long lastStart(long leaseEndNanos) {
        return leaseEndNanos - exchange.plus(record).plus(margin).toNanos();
    }
}
