package io.github.webhooks4j.lanes;

import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claimed;

/**
 * A claimed delivery in the hands of this node.
 *
 * @param claimed the delivery
 * @param leaseEndNanos when the lease ends, by {@link Ticker#nanos}; never later than the store thinks
 * @param startByNanos when it must have started, whatever the lease allows: what a rate limit allows is for now
 * @param limited whether the rate limit of its webhook has allowed it
 * @param probe whether it is sent although the breaker of its webhook is open, to see whether the receiver is back
 * @param own whether this node published it, and so holds its first attempt
 */
public record Held(
        Claimed claimed, long leaseEndNanos, long startByNanos, boolean limited, boolean probe, boolean own) {
    /** A delivery that this node published. */
    public Held(Claimed claimed, long leaseEndNanos) {
        this(claimed, leaseEndNanos, leaseEndNanos, false, false, true);
    }

    /** A delivery that was claimed from the store. */
    public Held(Claimed claimed, long leaseEndNanos, long startByNanos, boolean limited, boolean probe) {
        this(claimed, leaseEndNanos, startByNanos, limited, probe, false);
    }

    public String webhookId() {
        return claimed.claim().webhookId();
    }

    public int bytes() {
        return claimed.event().data().length;
    }
}
