package io.github.webhooks4j;

import java.time.Duration;

/**
 * How long a claim lasts, and why: the time that a delivery may wait in its lane, the exchange, the record, and a margin.
 * The lease is the sum, so that it cannot be shorter than its parts.
 */
record LeaseTerms(Duration queueWait, Duration exchange, Duration record, Duration margin) {
    static LeaseTerms of(Duration exchange) {
        return new LeaseTerms(Duration.ofSeconds(25), exchange, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    Duration lease() {
        return queueWait.plus(exchange).plus(record).plus(margin);
    }

    /** The last moment at which a send may start under a lease that ends then. */
    long lastStart(long leaseEndNanos) {
        return leaseEndNanos - exchange.plus(record).plus(margin).toNanos();
    }
}
