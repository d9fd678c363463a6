package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.StoreException;
import io.github.webhooks4j.UnknownCommitException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work in short READ COMMITTED transactions, one connection each, and gives every connection back as it came.
 * Deadlocks and the like are repeated; what remains becomes a {@link StoreException} that names no data.
 */
final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcDeliveryStore.class);
    private static final int TRIES = 4;

    private final DataSource dataSource;
    private final Dialect dialect;

    Transactions(DataSource dataSource, Dialect dialect) {
        this.dataSource = dataSource;
        this.dialect = dialect;
    }

    /** Work that changes nothing. */
    <T> T read(String what, Work<T> work) {
        return run(new Call(what, false, List.of()), work);
    }

    /** Work that changes something; {@code what} completes the sentence "could not …". */
    <T> T write(String what, Work<T> work) {
        return run(new Call(what, true, List.of()), work);
    }

    /** Work that stores the events with these ids. */
    <T> T publish(List<String> eventIds, Work<T> work) {
        return run(new Call("store " + eventIds.size() + " event(s)", true, eventIds), work);
    }

    /** A connection of this data source. */
    static Connection borrow(DataSource dataSource) {
        try {
            return dataSource.getConnection();
        } catch (SQLException | RuntimeException e) {
            throw new StoreException("the data source gives no connection to the database", true, e);
        }
    }

    static StoreException failure(String what, boolean unavailable, SQLException e) {
        String reason = " (SQLState " + e.getSQLState() + ", vendor code " + e.getErrorCode() + ")";
        return new StoreException("could not " + what + reason, unavailable, e);
    }

    private <T> T run(Call call, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return once(call, work);
            } catch (SQLException e) {
                if (tries == TRIES || !(e instanceof Batch.CountsUnknownException || dialect.isTransient(e))) {
                    throw failure(call.what, dialect.isUnavailable(e), e);
                }
                LOG.debug("could not {} (SQLState {}), trying again", call.what, e.getSQLState());
            }
        }
    }

    private <T> T once(Call call, Work<T> work) throws SQLException {
        Connection connection = borrow(dataSource);
        Manners manners = new Manners(connection);
        try {
            manners.begin();
            if (call.changes) {
                dialect.prepareToWrite(connection);
            }
            T result = work.in(connection);
            commit(connection, call);
            manners.ended();
            return result;
        } finally {
            manners.giveBack();
        }
    }

    private void commit(Connection connection, Call call) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            if (!call.changes || dialect.isRolledBack(e)) {
                throw e;
            }
            throw call.eventIds.isEmpty()
                    ? failure(call.what + " for certain: the commit failed and may have taken effect", true, e)
                    : new UnknownCommitException(call.eventIds, e);
        }
    }

    /**
     * One call of the store.
     *
     * @param what completes the sentence "could not …"
     * @param changes whether it changes anything
     * @param eventIds the events that it stores
     */
    private record Call(String what, boolean changes, List<String> eventIds) {}

    /** Borrows a connection politely: what was changed of it is changed back. */
    private static final class Manners {
        private final Connection connection;
        private boolean autoCommit;
        private int isolation = Connection.TRANSACTION_READ_COMMITTED;
        private boolean open;

        Manners(Connection connection) {
            this.connection = connection;
        }

        void begin() throws SQLException {
            open = true;
            isolation = connection.getTransactionIsolation();
            autoCommit = connection.getAutoCommit();
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
        }

        void ended() {
            open = false;
        }

        /** Never throws, since it may follow a commit that succeeded or a failure that must be seen. */
        void giveBack() {
            try {
                if (open) {
                    connection.rollback();
                }
                restore();
            } catch (SQLException | RuntimeException e) {
                LOG.debug("a connection could not be reset and is discarded", e);
                discard();
            }
            try {
                connection.close();
            } catch (SQLException | RuntimeException e) {
                LOG.debug("a connection could not be closed", e);
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
                LOG.debug("a connection could not be aborted", e);
            }
        }
    }
}
