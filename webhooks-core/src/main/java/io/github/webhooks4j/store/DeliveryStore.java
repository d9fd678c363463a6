package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Optional;

/**
 * Keeps webhooks, events, deliveries and their history: the seam to a database. {@code webhooks-jdbc-store} has the one that is
 * meant for production.
 *
 * <p>It has three parts: {@link #documents}, what is set up and changed by people; {@link #queue}, what is to be delivered; {@link
 * #history}, what became of it. Every method of each may be called by any thread, takes effect in one transaction of its own, and
 * throws {@link StoreException} if it had no effect. Where {@link #callersTransaction} says that the thread is in a transaction of
 * the application's, that one is used instead by {@link DeliveryQueue#insert} and by all methods of {@link Documents} but {@link
 * Documents#changedSince} and {@link Documents#forgetRemoved}, and by no other. Each instant that the store decides by is its own
 * clock plus a duration given here. Whoever writes a store extends the contract suite that is published beside the core as a
 * test-jar.
 */
public interface DeliveryStore extends AutoCloseable {
    /**
     * A store in the memory of this process: to try the library, and for tests. Whatever was not delivered is lost when the
     * process ends.
     */
    static DeliveryStore inMemory() {
        return new InMemoryStore(java.time.InstantSource.system());
    }

    /**
     * Makes it ready: creates or verifies the schema. Called once by the client that it is given to.
     *
     * @throws StoreException with the remedy, if the database is not as it must be
     */
    void open();

    /** The store's clock, by which all of its nodes agree. */
    Instant now();

    /**
     * The transaction of the application's that this thread is in and that the store takes part in; empty if there is none, as
     * for stores that take part in none.
     *
     * @throws IllegalStateException if the thread is in a transaction that the store cannot take part in
     */
    Optional<CallersTransaction> callersTransaction();

    /** What is set up and changed by people: webhooks, shared signers. The same object each time. */
    Documents documents();

    /** The events, and the deliveries that have not ended. The same object each time. */
    DeliveryQueue queue();

    /** What became of deliveries. The same object each time. */
    DeliveryHistory history();

    /** Frees what the store itself opened; never a connection pool that it was given. */
    @Override
    void close();
}
