package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.telemetry.DeliveryLog;

/**
 * Gets notified of what happened to deliveries and webhooks.
 *
 * <p>When: after the commit of the transaction that recorded it, so that the store shows it already. What was rolled back is not told.
 * Of all clients on a store, only the one that recorded it is notified, and once at most.
 *
 * <p>On which thread: once the client is started, a thread of its own makes all calls, one after the other and in no transaction, in the
 * order in which this client recorded what happened. Each call goes to all listeners, in the order in which they were added, before the
 * next one is made.
 *
 * <p>What is lost: the calls that wait when the process crashes, and those that still wait 5 seconds after {@link
 * WebhookClient#close} has recorded everything. Up to 10,000 wait, also before the client is started; beyond that, calls are dropped,
 * and the log says how many. Read from the store what you must not miss.
 *
 * <p>What a listener may do: whatever takes its time, such as calling another service, publishing, or changing webhooks. It delays
 * other calls, and never a delivery. It must not wait for the client to close. If it throws, whatever that is, the client logs it, calls the other
 * listeners, and calls this one again next time. It cannot undo what happened. While it is called, SLF4J's MDC has the ids of what it
 * is about: {@code webhooks4j.delivery}, {@code webhooks4j.event}, {@code webhooks4j.webhook}, and {@code webhooks4j.tenant} if there is
 * one.
 */
public interface DeliveryListener {
    /**
     * A listener that writes a line for each attempt, and for each end without one, to the logger {@code
     * io.github.webhooks4j.deliveries}: at INFO for what was delivered, failed and is tried again, or was canceled, at WARN for what was
     * exhausted or abandoned. Such as
     *
     * <pre>{@code
     * delivered invoice.paid evt_42 to webhook customer-1 in 120 ms (attempt 2, answered 200)
     * }</pre>
     *
     * <p>The lines have ids, types, statuses and times. They have no URL, no secret, and nothing that a receiver wrote.
     */
    static DeliveryListener logging() {
        return new DeliveryListener() {
            @Override
            public void attempted(Delivery delivery, Attempt attempt) {
                DeliveryLog.attempted(delivery, attempt);
            }

            @Override
            public void ended(Delivery delivery) {
                DeliveryLog.ended(delivery);
            }

            @Override
            public String toString() {
                return "DeliveryListener.logging()";
            }
        };
    }

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
     * The state or the health of a webhook changed, by hand or because of its attempts. For a change in one of the application's
     * transactions, no client is notified, since nobody knows whether it is committed.
     *
     * @param webhook as it is stored now
     */
    default void webhookChanged(Webhook webhook) {}
}
