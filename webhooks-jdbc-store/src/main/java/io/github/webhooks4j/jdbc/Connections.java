package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Borrows connections of the data source for transactions of the store's own. It refuses one that belongs to a transaction of the
 * caller's, as a transaction-aware proxy hands it out: the store would commit that transaction.
 */
final class Connections {
    /** How the names of the library's own threads begin, which are in nobody's transaction. */
    private static final String OWN_THREADS = "webhooks4j-";

    private final DataSource dataSource;
    private final UnseenTransactions unseen;

    /** Whether connections always come with auto-commit on, as far as is known. */
    private volatile boolean autoCommit;

    /**
     * Connections of this data source.
     *
     * @param autoCommit whether a thread that was in no transaction got one with auto-commit on
     */
    Connections(DataSource dataSource, UnseenTransactions unseen, boolean autoCommit) {
        this.dataSource = dataSource;
        this.unseen = unseen;
        this.autoCommit = autoCommit;
    }

    /** A connection for one transaction of the store's own. */
    Loan borrow() throws SQLException {
        Loan loan = new Loan(of(dataSource));
        boolean plain = false;
        try {
            plain = loan.connection().getAutoCommit() || isPlain();
        } finally {
            if (!plain) {
                loan.close();
            }
        }
        if (!plain) {
            throw new IllegalStateException(
                    "the data source hands out the connection of a transaction that this thread is in, and the store would"
                            + " commit that transaction. Give the store the plain data source, not a"
                            + " TransactionAwareDataSourceProxy or the like; a connectionSource lets it take part in"
                            + " transactions. If there is no transaction here, have the pool turn auto-commit on again when a"
                            + " connection is given back without it");
        }
        return loan;
    }

    /** Whether a connection with auto-commit off is nothing special on this thread. */
    private boolean isPlain() {
        if (unseen.mayLendTheirs()) {
            return false;
        }
        if (autoCommit && Thread.currentThread().getName().startsWith(OWN_THREADS)) {
            autoCommit = false; // it comes so without a transaction, here and on other threads
        }
        return !autoCommit;
    }

    /** A connection of this data source, as it comes. */
    static Connection of(DataSource dataSource) {
        try {
            return dataSource.getConnection();
        } catch (SQLException | RuntimeException e) {
            throw new StoreException(
                    "could not get a connection from the data source; check its URL, user, password and pool size",
                    true,
                    e);
        }
    }
}
