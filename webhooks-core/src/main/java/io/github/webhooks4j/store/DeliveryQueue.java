package io.github.webhooks4j.store;

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
}
