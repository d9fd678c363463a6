package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;

/**
 * Gets notified of what happened to deliveries, after the store has recorded it.
 *
 * <p>Once the client is started, one thread of the client calls all methods, in the order in which the store recorded; until
 * then, up to 10,000 calls wait. If a listener throws, the client logs it and calls the listener again next time. A listener that
 * is too slow misses calls; the log counts them. Neither delays a delivery. A crash between the record and the call loses the
 * call: read from the store what you must not miss. A listener may publish, but must not wait for the client to close.
 */
public interface DeliveryListener {
    /**
     * An attempt was recorded.
     *
     * @param delivery the delivery after this attempt: pending, with the time of the next attempt, or ended
     * @param attempt what happened
     */
    default void attempted(Delivery delivery, Attempt attempt) {}

    /** A delivery ended: delivered, exhausted, canceled or abandoned. If an attempt ended it, {@link #attempted} comes first. */
    default void ended(Delivery delivery) {}

    /**
     * The state or the health of a webhook changed, by hand or because of its attempts. Of all clients on a store, only the one
     * that made the change is notified. For a change in one of the application's transactions, no client is.
     *
     * @param webhook as it is stored now
     */
    default void webhookChanged(Webhook webhook) {}
}
