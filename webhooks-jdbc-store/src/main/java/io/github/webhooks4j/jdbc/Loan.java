package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** A connection that is borrowed politely, for one transaction: what was changed of it is changed back. */
final class Loan implements AutoCloseable {
    /**
     * Whether connections of the driver's own were found to be READ COMMITTED, since asking costs some databases a round trip. If
     * one is changed later and given back so, statements may fail that are repeated then; nothing breaks.
     */
    private static final Map<Connection, Boolean> READ_COMMITTED = Collections.synchronizedMap(new WeakHashMap<>());

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
    void beginReadCommitted(Dialect dialect) throws SQLException {
        open = true;
        Connection opened = connection.unwrap(Connection.class);
        Boolean isReadCommitted = READ_COMMITTED.get(opened);
        List<String> once = dialect.onceReadCommitted();
        if (isReadCommitted == null || (!isReadCommitted && once.isEmpty())) {
            isolation = connection.getTransactionIsolation();
            isReadCommitted = isolation == Connection.TRANSACTION_READ_COMMITTED;
            READ_COMMITTED.put(opened, isReadCommitted);
        }
        if (isReadCommitted || !once.isEmpty()) {
            isolation = Connection.TRANSACTION_READ_COMMITTED; // nothing to be changed back
        } else {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        begin();
        if (!isReadCommitted && !once.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                for (String each : once) {
                    statement.addBatch(each);
                }
                statement.executeBatch();
            }
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
