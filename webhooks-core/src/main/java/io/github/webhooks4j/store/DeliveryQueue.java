package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Redelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The events, and the deliveries that have not ended.
 *
 * <p>It is built on three ideas. A delivery is the pair of event and webhook. One instant, {@code next_at}, is due time, retry time
 * and lease expiry at once: a claim moves it ahead by a lease, and if the node dies, the lease passes. Every claim raises a
 * <em>fence</em>, which tells a late result from a valid one: a result with another fence changes nothing.
 */
public interface DeliveryQueue {
    /**
     * Stores events with their deliveries. Leaves out an event, with its deliveries, if its tenant already has an event with its id.
     *
     * @return the keys of the events that this call stored
     * @throws UnknownCommitException if nobody can know whether they were stored
     */
    Set<UUID> insert(List<NewEvent> events);

    /**
     * The claims among these that are committed: their delivery exists and has this fence. Never called in the caller's transaction.
     */
    Set<Claim> confirm(Collection<Claim> claims);

    /**
     * The webhooks that have pending deliveries, and when the earliest delivery of each is due; at most {@code limit}. If there are
     * more, the next call goes on where this one ended, and starts again after the last.
     */
    Map<String, Instant> due(int limit);

    /**
     * Claims due deliveries: for each webhook at most as many as wanted, earliest first. A claim raises the fence, and the delivery
     * is not due again before {@code lease} has passed. For a webhook with a rate limit, claims no more than the limit makes
     * available, and nothing if another node is claiming for it at this moment.
     *
     * @param wants of different webhooks
     */
    ClaimBatch claim(List<Want> wants, Duration lease);

    /**
     * Records what happened to claimed deliveries: writes the attempts into the history, ends the delivery or sets its next time,
     * and stores the events of the outcome. An outcome whose fence does not match changes nothing.
     *
     * <p>Safe to repeat: a call that failed may have taken effect, so that its claims are found recorded by the next one. A claim
     * has one outcome; of several, the first is recorded.
     *
     * @return the claims whose outcome is recorded, by this call or by an earlier one
     */
    Set<Claim> record(List<Outcome> outcomes);

    /** Gives back claims without an attempt: each delivery is due again at the given instant, if its fence matches. */
    void release(Map<Claim, Instant> due);

    /**
     * Gives back claims of deliveries that may be what ends processes: each is due again after the given time, if its fence matches,
     * and its claims in a row are counted as before this one.
     */
    void defer(Map<Claim, Duration> delays);

    /**
     * Records that a claimed delivery is about to be sent, by raising its {@link Claimed#starts}, which a record or a release sets to
     * zero, and leases it for so long from now on. The claim, and its fence, stay valid.
     *
     * @return whether the fence matched; if not, nothing is changed
     */
    boolean start(Claim claim, Duration lease);

    /**
     * Makes one step of a sweep: reads the next deliveries and ends those that match. If several nodes sweep the same webhook,
     * {@link Swept#ended} says which deliveries this call ended.
     *
     * @param budget how many deliveries this call reads at most, however many the webhook has
     */
    Swept sweep(Sweep sweep, int budget);

    /**
     * Makes a delivery due now. A pending one stays in its schedule. One that has ended gets one more attempt, at the head of its lane:
     * its attempts are counted on, its age begins anew, and unless it is delivered its former state comes back. Its fence is raised:
     * what became of an earlier claim changes nothing any more. In a transaction of the store's own.
     *
     * @return {@link Redelivery#DUE}; otherwise nothing was changed: {@code UNDER_WAY} if it is leased, {@code EVENT_GONE}, {@code
     *     TEST} or {@code NOT_FOUND}
     */
    Redelivery redeliver(DeliveryId id);

    /**
     * Ends a pending delivery as canceled, or as it had ended before it was redelivered; also if it is leased. In a transaction of the
     * store's own.
     */
    Cancellation cancel(DeliveryId id);

    /**
     * Makes one step of a recovery: reads the next deliveries and sends again those that match, as {@link #redeliver} does with one that
     * has ended, though not before what is due earlier. Leaves out test calls, and what has lost its event.
     *
     * @param limit how many deliveries at most
     * @param budget how many rows are read at most in search of them
     */
    BulkStep<DeliveryPage.Place> recover(Recovery recovery, int limit, int budget);

    /**
     * Makes one step of a replay: reads the next events and stores deliveries of those that match and have none to the webhook.
     *
     * @param budget how many events are read at most
     */
    BulkStep<UUID> replay(Replay replay, int budget);
}
