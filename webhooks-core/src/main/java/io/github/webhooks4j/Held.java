package io.github.webhooks4j;

import io.github.webhooks4j.DeliveryStore.Claimed;

/**
 * A claimed delivery in the hands of this node.
 *
 * @param claimed the delivery
 * @param leaseEndNanos when the lease ends, by {@link Ticker#nanos}; never later than the store thinks
 */
record Held(Claimed claimed, long leaseEndNanos) {
    String webhookId() {
        return claimed.claim().webhookId();
    }

    int bytes() {
        return claimed.event().data().length;
    }
}
