package io.github.webhooks4j.history;

import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.Redelivery;
import java.time.Instant;
import java.util.Optional;

/**
 * The deliveries: what became of them, and what to do about it.
 *
 * <pre>{@code
 * Page<Delivery> failed = webhooks.deliveries().list(DeliveryQuery.all().webhook("customer-1").states(EXHAUSTED));
 * for (Delivery delivery : failed.items()) {
 *     webhooks.deliveries().redeliver(delivery.id());
 * }
 * }</pre>
 *
 * <p>Any thread may call any method, also of a client that is not started. What is sent again is sent by a client that is. Everything
 * is done in transactions of the store's own, also if this thread is in one of the application's. All methods throw {@link
 * io.github.webhooks4j.store.StoreException} if the store fails.
 */
public interface Deliveries {
    /**
     * A page of a list, the newest first. A delivery has one place in a list, whatever becomes of it: who goes through the pages meets
     * none twice, and misses none that was there all the time.
     *
     * <p>A page that has a {@link Page#next} may be short, even empty: to find little among much, a page reads some 5,000 rows and
     * no more. Go on with the next one.
     *
     * @throws IllegalArgumentException if {@link DeliveryQuery#after} is not from a page
     */
    Page<Delivery> list(DeliveryQuery query);

    /** A delivery and its attempts; empty if there is none with this id. */
    Optional<DeliveryDetails> find(String id);

    /**
     * Sends a delivery again, now. One that is pending is attempted now instead of later, and stays in its schedule. One that has
     * ended gets one more attempt, signed with the keys of today, before everything else that waits for its webhook; if that fails,
     * the delivery is again what it was before. The attempts are counted on. Whatever holds deliveries of the webhook holds this one,
     * too.
     *
     * @return what became of it
     */
    Redelivery redeliver(String id);

    /**
     * Ends a delivery that is pending: nothing is sent any more. One that had ended before and was sent again is what it was then.
     *
     * @return what became of it
     */
    Cancellation cancel(String id);

    /**
     * Sends again what was exhausted or canceled, and ended before this is called. Test calls, and deliveries whose events are no
     * longer stored, are left out. They are due one after the other, the newest
     * first, 100 a second, so that what is published meanwhile is not kept
     * waiting by them.
     *
     * @param query which deliveries; its states are EXHAUSTED, CANCELED or both, which is the default. Its page and limit mean nothing
     * @throws IllegalArgumentException if the query asks for other states
     */
    Bulk recover(DeliveryQuery query);

    /**
     * Delivers to a webhook what was published since an instant and before this is called, matches the webhook as it is now, and never
     * went to it: since it was not there yet, did not subscribe to it, or was disabled. What has a delivery already, whatever became of
     * it, is left out.
     *
     * @throws IllegalArgumentException if there is no webhook with this id, or it is disabled by hand
     */
    Bulk replay(String webhookId, Instant since);
}
