package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Optional;

/**
 * Stores webhooks, events, deliveries and their history: the seam to a database. For production, {@code webhooks-jdbc-store} has an
 * implementation.
 *
 * <p>It has four parts: {@link #documents}, what people set up and change; {@link #queue}, what has to be delivered; {@link
 * #history}, what happened to it; {@link #rollups}, how much of it happened. Any thread may call any method. Each call takes effect in one transaction of its own, and throws
 * {@link StoreException} if it had no effect. If {@link #callersTransaction} says that the thread is in one of the application's
 * transactions, {@link DeliveryQueue#insert} uses that transaction instead, and so do all methods of {@link Documents} except {@link
 * Documents#changedSince} and {@link Documents#forgetRemoved}. No other method does. The store computes each instant as its own
 * clock plus a duration that it is given. To write a store, extend the contract suite in the core's test-jar.
 */
public interface DeliveryStore extends AutoCloseable {
    /**
     * A store in the memory of this process, to try the library and for tests. When the process ends, it loses everything that was
     * not delivered.
     */
    static DeliveryStore inMemory() {
        return new InMemoryStore(java.time.InstantSource.system());
    }

    /**
     * Makes the store ready: creates or verifies the schema. The client that was given the store calls it once.
     *
     * @throws StoreException if the database is not as it must be; the message says what to do
     */
    void open();

    /** The store's clock, which all nodes share. Read in the caller's transaction if there is one. */
    Instant now();

    /**
     * The application's transaction that this thread is in and that the store takes part in; empty if there is none, or if the store
     * takes part in no transactions.
     *
     * @throws IllegalStateException if the thread is in a transaction that the store cannot take part in
     */
    Optional<CallersTransaction> callersTransaction();

    /** What people set up and change: webhooks, shared signers. The same object each time. */
    Documents documents();

    /** The events, and the deliveries that have not ended. The same object each time. */
    DeliveryQueue queue();

    /** What happened to deliveries. The same object each time. */
    DeliveryHistory history();

    /** How much happened, by the hour. The same object each time. */
    Rollups rollups();

    /** Frees what the store itself opened, but never a connection pool that it was given. */
    @Override
    void close();
}
