package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;

/**
 * Is told what became of deliveries, after it was recorded in the store.
 *
 * <p>All methods are called by one thread of the client's own, once the client is started, in the order in which the store
 * recorded; until then, up to 10,000 calls wait. A listener that throws is logged and called again next time; one that is
 * too slow misses calls, which are counted in the log; neither holds up a delivery. A crash between the record and the call
 * loses the call: what must not be missed is read from the store. A listener may publish; it must not wait for the client to
 * close.
 */
public interface DeliveryListener {
    /**
     * An attempt was recorded.
     *
     * @param delivery the delivery after this attempt: still pending, with the time of the next, or ended
     * @param attempt what happened
     */
    default void attempted(Delivery delivery, Attempt attempt) {}

    /** A delivery ended: delivered, exhausted or canceled. Comes after {@link #attempted} where an attempt ended it. */
    default void ended(Delivery delivery) {}

    /**
     * The state or the health of a webhook changed, by hand or by its attempts. Of all clients on a store, the one that made
     * the change is told; of a change in a transaction of the application's own, none is.
     *
     * @param webhook as it is stored now
     */
    default void webhookChanged(Webhook webhook) {}
}
