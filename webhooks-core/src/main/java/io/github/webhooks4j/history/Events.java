package io.github.webhooks4j.history;

import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.PublishedEvent;
import java.util.Optional;

/**
 * The events: what was published, and to how many webhooks it went.
 *
 * <pre>{@code
 * EventDetails event = webhooks.events().find("evt_0190b5e2c4a87c3f9d1e6a2b8f4c7d05").orElseThrow();
 * if (event.event().webhooks() == 0) {
 *     System.out.println("no webhook subscribed to " + event.event().type() + " when it was published");
 * }
 * Page<PublishedEvent> unseen = webhooks.events().list(EventQuery.all().unmatched().publishedSince(yesterday));
 * }</pre>
 *
 * <p>Any thread may call any method, also of a client that is not started. Events of a transaction are there once it is committed. All
 * methods throw {@link io.github.webhooks4j.store.StoreException} if the store fails.
 */
public interface Events {
    /**
     * A page of the list of events, the newest first. Who goes through the pages meets no event twice; what is published meanwhile is
     * newer.
     *
     * <p>A page that has a {@link Page#next} may be short, even empty: to find little among much, a page reads 5,000 events and no more.
     * Go on with the next one.
     *
     * @throws IllegalArgumentException if {@link EventQuery#after} is not from a page
     */
    Page<PublishedEvent> list(EventQuery query);

    /**
     * An event and its data; empty if there is none with this id, or it is not stored any more. An id is unique within its tenant. An id
     * that the library made is found whatever its tenant; one that the application gave is looked for among events without a tenant:
     * for one of a tenant, ask the client of that tenant, {@code webhooks.tenant("acme").events()}.
     */
    Optional<EventDetails> find(String id);

    /**
     * Forgets the content of an event for good, as somebody may ask for whom it is about: its data and headers, and of the attempts to
     * deliver it the excerpts of answers and what was captured. Its pending deliveries are canceled; requests that are under way may
     * still arrive, and what becomes of them is not recorded. The facts stay: when it was published, to whom, and what became of it.
     * So does the id: what is published under it is a duplicate. Nothing of the event can be sent again. Safe to repeat. Done in a
     * transaction of the store's own, also if this thread is in one of the application's.
     *
     * <p>After {@code eventRetention} the event itself is gone, and the history is what is left of it. It is expunged, too, if the
     * library made the id. Under an id that the application gave, it is not found any more, and goes with {@code historyRetention}.
     *
     * @return whether there was such an event. Ids are looked for as {@link #find} does
     */
    boolean expunge(String id);
}
