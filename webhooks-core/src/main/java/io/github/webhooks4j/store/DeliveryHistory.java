package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.EventDetails;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What was published, and what happened to deliveries. */
public interface DeliveryHistory {
    /** One delivery as it is now; empty if there is none with this id. */
    Optional<Delivery> find(DeliveryId id);

    /** The attempts of a delivery, in their order; none if there is no such delivery. */
    List<AttemptDetails> attempts(DeliveryId id);

    /**
     * Reads a part of a list, the newest first. Each delivery has one place in the list, whatever becomes of it: who goes through all
     * parts meets none twice, and misses none that was there all the time.
     *
     * @param after goes on after this place; empty to begin
     * @param limit how many deliveries at most
     * @param budget how many rows are read at most in search of them, apart from some for each that is found; at least {@code limit}
     */
    DeliveryPage list(DeliveryFilter filter, Optional<DeliveryPage.Place> after, int limit, int budget);

    /**
     * An event with its data; empty if it is not stored, or not any more.
     *
     * @param scope where the id is looked for; with the scope of all tenants, among events without a tenant, and in any tenant if it is
     *     an id that was {@linkplain StoredEvent#idOf made} of its event's key
     */
    Optional<EventDetails> event(TenantScope scope, String id);

    /**
     * Reads a part of the list of events, the newest first, in the order of their keys. Reads no data.
     *
     * @param after goes on after the event with this key, be it there or not; empty to begin
     * @param limit how many events at most
     * @param budget how many rows are read at most in search of them, apart from one for each that is found; at least {@code limit}
     */
    EventPage events(EventFilter filter, Optional<UUID> after, int limit, int budget);

    /**
     * Keeps a test call: stores its event, marked as one of a test, and what became of it. Nothing is due then. The event goes to no
     * other webhook later on, and the delivery is never sent again. If the event is stored already, nothing changes.
     *
     * @param test a final state, with at least one attempt, and an event whose id nobody else uses
     */
    void addTest(Outcome test);

    /**
     * Makes one step of forgetting old events: reads the next ones, the oldest first, and deletes those that have no pending delivery.
     * What became of their deliveries is kept. Several nodes may do it at once: none waits for another, and an event that somebody is
     * about to send again stays.
     *
     * @param publishedBefore only events whose keys were made before this instant
     * @param after goes on after the event with this key; empty to begin
     * @param budget how many events are read at most
     * @return how many events this call deleted
     */
    BulkStep<UUID> forgetEvents(Instant publishedBefore, Optional<UUID> after, int budget);

    /**
     * Makes one step of forgetting what became of deliveries: reads the next ones, the newest of the old first, and deletes all that is
     * known of those whose events are gone. Several nodes may do it at once, as with {@link #forgetEvents}.
     *
     * @param publishedBefore only deliveries of events whose keys were made before this instant
     * @param after goes on with events that are older than the one with this key; empty to begin
     * @param budget how many rows of the history are read at most, apart from the last delivery's
     * @return how many deliveries this call deleted
     */
    BulkStep<UUID> forgetDeliveries(Instant publishedBefore, Optional<UUID> after, int budget);

    /**
     * Forgets the content of an event for good: its data and headers, and of the attempts to deliver it the excerpts and what was
     * captured. Its pending deliveries are canceled first, leased ones too, so that a late outcome changes nothing. What is kept are the
     * facts: that it was published, to whom, and what became of it. Its id stays taken, and nothing of it can be sent again. In a
     * transaction of the store's own; safe to repeat.
     *
     * @param scope whose event it is. If it is everything: an event without a tenant, or one whose id the library made
     * @return the deliveries that this call canceled; empty if there is no such event, nor anything of one
     */
    Optional<List<Delivery>> expunge(TenantScope scope, String eventId);
}
