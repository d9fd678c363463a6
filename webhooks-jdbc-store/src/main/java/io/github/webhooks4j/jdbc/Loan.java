package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** A connection that is borrowed politely, for one transaction: what was changed of it is changed back. */
final class Loan implements AutoCloseable {
    /**
     * Connections of the driver's own that were found to be READ COMMITTED, since asking costs some databases a round trip. If
     * one is changed later and given back so, statements may fail that are repeated then; nothing breaks.
     */
    private static final Set<Connection> READ_COMMITTED =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final Connection connection;
    private boolean autoCommit;
    private int isolation = Connection.TRANSACTION_READ_COMMITTED;
    private boolean open;

    Loan(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** Begins a transaction of the isolation that the connection has. */
    void begin() throws SQLException {
        open = true;
        autoCommit = connection.getAutoCommit();
        if (autoCommit) {
            connection.setAutoCommit(false);
        }
    }

    /** Begins a READ COMMITTED transaction. */
    void beginReadCommitted() throws SQLException {
        open = true;
        if (!READ_COMMITTED.contains(connection.unwrap(Connection.class))) {
            makeReadCommitted();
        }
        begin();
    }

    private void makeReadCommitted() throws SQLException {
        isolation = connection.getTransactionIsolation();
        if (isolation == Connection.TRANSACTION_READ_COMMITTED) {
            READ_COMMITTED.add(connection.unwrap(Connection.class));
        } else {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    /** The transaction has been committed. */
    void ended() {
        open = false;
    }

    /** Never throws, since it may follow a commit that succeeded or a failure that must be seen. */
    @Override
    public void close() {
        try {
            if (open) {
                connection.rollback();
            }
            restore();
        } catch (SQLException | RuntimeException e) {
            StoreLog.LOG.debug("a connection could not be reset and is discarded", e);
            discard();
        }
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            StoreLog.LOG.debug("a connection could not be closed", e);
        }
    }

    private void restore() throws SQLException {
        if (autoCommit) {
            connection.setAutoCommit(true);
        }
        if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(isolation);
        }
    }

    /** Turning auto-commit on again would commit what could not be rolled back, so that nobody may use it any more. */
    private void discard() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            StoreLog.LOG.debug("a connection could not be aborted", e);
        }
    }
}
