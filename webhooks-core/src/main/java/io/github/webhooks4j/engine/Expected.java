package io.github.webhooks4j.engine;

import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.time.Instant;

/** What will be due in the store, as far as this node knows: it looks for it then. Safe for use by any thread. */
public final class Expected {
    /** What is further off is found by a regular look. */
    private static final Duration HORIZON = Discovery.IDLE.multipliedBy(2);

    private final Lanes lanes;
    private final StoreClock clock;
    private final Ticker ticker;

    Expected(Lanes lanes, StoreClock clock, Ticker ticker) {
        this.lanes = lanes;
        this.clock = clock;
        this.ticker = ticker;
    }

    /** A delivery to this webhook will be due at this instant of the store's clock. */
    public void at(String webhookId, Instant dueAt) {
        long nanos = clock.nanosAt(dueAt);
        if (nanos - ticker.nanos() <= HORIZON.toNanos()) {
            lanes.wakeAt(webhookId, nanos);
        }
    }
}
