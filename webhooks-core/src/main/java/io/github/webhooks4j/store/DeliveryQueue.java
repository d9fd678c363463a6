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
 * <p>Three ideas carry it. A delivery is the pair of event and webhook. One instant, {@code next_at}, is due time, retry time and
 * lease expiry at once: a claim moves it ahead by a lease, and a node that dies simply lets it pass. A <em>fence</em>, raised by
 * every claim, tells a late result from a valid one: what does not match the fence changes nothing.
 */
public interface DeliveryQueue {
    /**
     * Stores events with their deliveries. An event whose id its tenant has already is left out, with its deliveries.
     *
     * @return the keys of the events that were stored now
     * @throws UnknownCommitException if it cannot be known whether they were
     */
    Set<UUID> insert(List<NewEvent> events);

    /**
     * The claims among these that stand, as committed: their deliveries are there and have this fence. Never called within the
     * caller's transaction.
     */
    Set<Claim> confirm(Collection<Claim> claims);

    /**
     * The webhooks that have pending deliveries, and when the earliest of each is due; at most {@code limit}. If there are more,
     * the next call goes on where this one ended, and begins anew after the last.
     */
    Map<String, Instant> due(int limit);

    /**
     * Claims deliveries that are due: for each webhook at most as many as are wanted, earliest first. Each gets a raised fence and
     * is not due again before {@code lease} has passed. Of a webhook whose rate is limited, no more are claimed than the limit
     * makes available, and nothing if another node claims for it at this moment.
     *
     * @param wants of different webhooks
     */
    ClaimBatch claim(List<Want> wants, Duration lease);

    /**
     * Records what became of claimed deliveries: writes the attempts into the history, ends the delivery or sets its next time,
     * and stores the events of the outcome. An outcome whose fence does not match changes nothing.
     *
     * @return the claims whose outcome was recorded
     */
    Set<Claim> record(List<Outcome> outcomes);

    /** Gives back claims without an attempt: each is due again at the instant given. Fences are respected. */
    void release(Map<Claim, Instant> due);

    /**
     * Makes one step of a sweep: looks at the next deliveries and ends those that are to be ended. Which of several nodes that do
     * the same ends one is told by {@link Swept#ended}.
     *
     * @param budget how many deliveries it looks at, at most; it reads no more, however many the webhook has
     */
    Swept sweep(Sweep sweep, int budget);
}
