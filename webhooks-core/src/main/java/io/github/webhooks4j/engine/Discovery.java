package io.github.webhooks4j.engine;

import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The regular look into the store: finds what other nodes left or added. For the engine's thread only. */
final class Discovery {
    private static final Duration BUSY = Duration.ofSeconds(1);
    /** The longest time between two looks. */
    static final Duration IDLE = Duration.ofSeconds(5);
    /** A look that takes more than one part in so many of the time is made less often. */
    private static final int SHARE = 20;

    private static final int MAX_DUE = 20_000;

    private final DeliveryQueue queue;
    private final Targets targets;
    private final Ticker ticker;
    private final Expected expected;

    private long next;

    Discovery(DeliveryQueue queue, Targets targets, Ticker ticker, Expected expected) {
        this.queue = queue;
        this.targets = targets;
        this.ticker = ticker;
        this.expected = expected;
        next = ticker.nanos();
    }

    /** When the next look is to be made, by {@link Ticker#nanos}. */
    long next() {
        return next;
    }

    /** Looks, if it is time; less often while there is nothing. */
    void look() {
        if (ticker.nanos() - next < 0) {
            return;
        }
        long began = ticker.nanos();
        Map<String, Instant> due = queue.due(MAX_DUE);
        Duration took = Duration.ofNanos(ticker.nanos() - began);
        boolean relaxed = due.isEmpty() || took.multipliedBy(SHARE).compareTo(BUSY) > 0;
        next = ticker.nanos() + (relaxed ? IDLE : BUSY).toNanos();
        due.forEach(this::found);
    }

    private void found(String webhookId, Instant at) {
        Optional<Instant> brokenUntil = targets.brokenUntil(webhookId);
        if (!targets.isDiscarding(webhookId)) {
            if (brokenUntil.isPresent()) {
                expected.at(webhookId, at.isAfter(brokenUntil.get()) ? at : brokenUntil.get());
            } else if (targets.active(webhookId) != null) {
                expected.at(webhookId, at);
            }
        }
        targets.found(webhookId);
    }
}
