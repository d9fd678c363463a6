package io.github.webhooks4j.engine;

import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The regular look into the store: finds what other nodes left or added. For the engine's thread only, but for what it tells. */
public final class Discovery {
    private static final Duration BUSY = Duration.ofSeconds(1);
    /** The longest time between two looks. */
    static final Duration IDLE = Duration.ofSeconds(5);
    /** A look that takes more than one part in so many of the time is made less often. */
    private static final int SHARE = 20;

    private static final int MAX_DUE = 20_000;
    /** What was redelivered stands before everything else, by an instant that says nothing of its age. */
    private static final Instant NO_AGE = Instant.parse("2010-01-01T00:00:00Z");

    private final DeliveryQueue queue;
    private final Targets targets;
    private final Ticker ticker;
    private final Expected expected;
    private final StoreClock clock;

    private long next;
    private volatile @Nullable Instant oldestDue;

    Discovery(DeliveryQueue queue, Targets targets, Ticker ticker, Expected expected, StoreClock clock) {
        this.queue = queue;
        this.targets = targets;
        this.ticker = ticker;
        this.expected = expected;
        this.clock = clock;
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
        boolean isAnyDue = false;
        Instant oldest = clock.now();
        for (Map.Entry<String, Instant> each : due.entrySet()) {
            boolean mayBeSent = found(each.getKey(), each.getValue());
            if (mayBeSent && each.getValue().isBefore(oldest) && each.getValue().isAfter(NO_AGE)) {
                oldest = each.getValue();
                isAnyDue = true;
            }
        }
        oldestDue = isAnyDue ? oldest : null;
    }

    /** Since when the first of what could be sent is due; empty if nothing was, at the last look. Any thread. */
    public Optional<Instant> oldestDue() {
        return Optional.ofNullable(oldestDue);
    }

    /** Whether something can be sent to the webhook. */
    private boolean found(String webhookId, Instant at) {
        Optional<Instant> brokenUntil = targets.brokenUntil(webhookId);
        boolean mayBeSent = false;
        if (!targets.isDiscarding(webhookId)) {
            if (brokenUntil.isPresent()) {
                expected.at(webhookId, at.isAfter(brokenUntil.get()) ? at : brokenUntil.get());
            } else if (targets.active(webhookId) != null) {
                expected.at(webhookId, at);
                mayBeSent = true;
            }
        }
        targets.found(webhookId);
        return mayBeSent;
    }
}
