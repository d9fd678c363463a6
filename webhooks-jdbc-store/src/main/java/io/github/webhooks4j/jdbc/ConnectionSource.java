package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Tells the store about the application's transactions, so that events published in a transaction are stored by it. This is the
 * seam to Spring, Jakarta Transactions, and anything else that binds a transaction to a thread. Any thread may call it, the
 * library's own included, which are never in a transaction.
 *
 * <p>The transactions must be in the database that has the store's tables. {@link #inTransaction} must refuse a transaction of
 * another data source; otherwise events would be stored outside of it, and nobody would notice.
 */
public interface ConnectionSource {
    /**
     * Knows no transactions: the store commits each call on its own, whatever becomes of a transaction that the thread is in. For
     * applications whose transactions are of something else, such as JMS or another database. The store still takes part by {@link
     * JdbcDeliveryStore#inTransaction} and {@link JdbcDeliveryStore#join}.
     */
    static ConnectionSource independent() {
        return Independent.INSTANCE;
    }

    /**
     * Whether this thread is in a transaction that the store can take part in.
     *
     * @throws IllegalStateException if the thread is in a transaction that the store cannot take part in; the message says what to
     *     do
     */
    boolean inTransaction();

    /**
     * The connection of this thread's transaction, never in auto-commit mode. Called only while {@link #inTransaction} is true.
     * The store neither commits nor closes it.
     */
    Connection get() throws SQLException;

    /** Takes back what {@link #get} returned. Called by the same thread, before the transaction ends. */
    void release(Connection connection) throws SQLException;

    /**
     * Runs this after the transaction was committed. It is quick and throws nothing. The store takes it as a hint, and looks
     * whether the events are there. If it never runs although the transaction was committed, the events are sent when a lease has
     * passed, by default a minute later. Run it also after a failed commit, which may have taken effect, and after a rollback,
     * because the events occupy memory until then, or for some seconds.
     */
    void afterCommit(Runnable hint);
}
