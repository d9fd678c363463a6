package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Tells the store of the application's own transactions, so that what is published within one is stored by it: the seam to
 * Spring, Jakarta Transactions or whatever else binds a transaction to a thread. Any thread may ask, those of the library
 * among them, which are in no transaction.
 *
 * <p>Transactions must be of the database that the store has its tables in. One of another data source must be refused by
 * {@link #inTransaction}, since what is published would otherwise be stored beside it, unseen.
 */
public interface ConnectionSource {
    /**
     * Whether this thread is in a transaction that the store can take part in.
     *
     * @throws IllegalStateException if it is in one that the store cannot take part in, with the remedy
     */
    boolean inTransaction();

    /**
     * The connection of this thread's transaction, never one in auto-commit mode. Called only while {@link #inTransaction};
     * the store neither commits it nor closes it.
     */
    Connection get() throws SQLException;

    /** Gives back what {@link #get} returned. Called by the same thread, before the transaction ends. */
    void release(Connection connection) throws SQLException;

    /**
     * Has this run when the transaction has been committed. It is quick and throws nothing. It is taken as a hint: the store
     * looks whether the events are there. If it is never run although the transaction was committed, they are sent when a
     * lease has passed, a minute later by default. So let it also run after a commit that failed, which may have taken
     * effect; and after a rollback, since memory is kept for the events until then, or for some seconds.
     */
    void afterCommit(Runnable hint);
}
