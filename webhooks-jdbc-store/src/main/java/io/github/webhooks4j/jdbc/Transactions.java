package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.UnknownCommitException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in short READ COMMITTED transactions, one connection each, which is given back as it came; or, where it is made
 * for that, in the caller's transaction, if this thread is in one. Own transactions that met a deadlock and the like are repeated;
 * what remains becomes a {@link StoreException} that names no data.
 */
final class Transactions {
    private static final int TRIES = 4;

    private final Connections connections;
    private final Sql sql;
    private final Dialect dialect;
    private final @Nullable CallersTransactions callers;

    /** Transactions of the store's own. */
    Transactions(Connections connections, Sql sql) {
        this(connections, sql, null);
    }

    /** The caller's transactions, and where there are none, the store's own. */
    Transactions(Connections connections, Sql sql, @Nullable CallersTransactions callers) {
        this.connections = connections;
        this.sql = sql;
        dialect = sql.dialect();
        this.callers = callers;
    }

    /** Work that changes nothing. */
    <T> T read(String what, Work<T> work) {
        return run(new Call(what, Kind.READS, List.of()), work);
    }

    /** Work that changes something; {@code what} completes the sentence "could not …". */
    <T> T write(String what, Work<T> work) {
        return run(new Call(what, Kind.WRITES, List.of()), work);
    }

    /** Work that changes what nobody else has locked. */
    <T> T writeUnlocked(String what, Work<T> work) {
        return run(new Call(what, Kind.WRITES_UNLOCKED, List.of()), work);
    }

    /** Work that stores the events with these ids. */
    <T> T publish(List<String> eventIds, Work<T> work) {
        return run(new Call("store " + eventIds.size() + " event(s)", Kind.WRITES, eventIds), work);
    }

    private enum Kind {
        READS,
        WRITES,
        WRITES_UNLOCKED
    }

    /**
     * One call of the store.
     *
     * @param what completes the sentence "could not …"
     * @param eventIds the events that it stores
     */
    private record Call(String what, Kind kind, List<String> eventIds) {
        boolean changes() {
            return kind != Kind.READS;
        }
    }

    static StoreException failure(String what, SQLException e) {
        return failure(what + SqlErrors.meaning(e), SqlErrors.isUnavailable(e), e);
    }

    private static StoreException failure(String text, boolean unavailable, SQLException e) {
        return new StoreException("could not " + text, unavailable, SqlErrors.withoutData(e));
    }

    /** Tells of missing tables where they should be. */
    private StoreException failed(String what, SQLException e) {
        return dialect.isTableMissing(e)
                ? failure(what + ": " + SqlErrors.missingTable(e, sql.schema()), false, e)
                : failure(what, e);
    }

    private <T> T run(Call call, Work<T> work) {
        if (callers == null) {
            return inOwn(call, work);
        }
        CallersTransactions theirs = callers;
        try {
            Optional<T> done = theirs.on(connection -> inCallers(theirs, connection, call, work), call.eventIds);
            if (done.isPresent()) {
                return done.get();
            }
        } catch (SQLException e) {
            throw failed(call.what + " in the caller's transaction", e);
        }
        if (call.changes()) {
            callers.refuseUnseen();
        }
        return inOwn(call, work);
    }

    // ---- the caller's

    /** All or nothing of the work takes effect, whatever the caller makes of a failure. */
    private <T> T inCallers(CallersTransactions callers, Connection connection, Call call, Work<T> work)
            throws SQLException {
        if (!call.changes()) {
            return work.in(connection);
        }
        if (!dialect.isDurable(connection)) {
            inOwn(
                    new Call("make commits durable", Kind.WRITES, List.of()),
                    own -> true); // changing it here would commit
        }
        if (!dialect.survivesErrors()) {
            return work.in(connection);
        }
        Savepoint before = connection.setSavepoint();
        try {
            T result = work.in(connection);
            connection.releaseSavepoint(before);
            return result;
        } catch (SQLException e) {
            boolean undone = dialect.isRolledBack(e);
            if (!rollsBack(connection, before) || undone) {
                callers.undone();
            }
            throw e;
        } catch (RuntimeException e) {
            if (!rollsBack(connection, before)) {
                callers.undone();
            }
            throw e;
        }
    }

    /** False if the savepoint is gone, since a deadlock has undone the whole transaction. */
    private static boolean rollsBack(Connection connection, Savepoint before) {
        try {
            connection.rollback(before);
            return true;
        } catch (SQLException e) {
            StoreLog.LOG.debug("a savepoint is gone (SQLState {})", e.getSQLState());
            return false;
        }
    }

    /** Does work of the caller's in a new transaction, which what it calls of the store takes part in. */
    static <T> T open(Connections connections, Dialect dialect, CallersTransactions callers, Work<T> work)
            throws SQLException {
        if (callers.isInTransaction()) {
            throw new IllegalStateException("this thread is already in a transaction; do the work in that one");
        }
        CallersTransactions.Bound transaction = null;
        try (Loan loan = connections.borrow()) {
            dialect.prepareToWrite(loan.connection());
            loan.begin();
            transaction = new CallersTransactions.Bound(loan.connection(), true);
            T result = callers.in(transaction, work);
            Call call = new Call("commit the transaction", Kind.WRITES, transaction.eventIds());
            boolean interrupted = Thread.interrupted(); // under a commit it would close the connection, or an H2 file
            try {
                transaction.checkNotUndone();
                dialect.checkBeforeCommit(loan.connection());
                commit(loan, call, dialect);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return result;
        } finally {
            if (transaction != null) {
                transaction.ended();
            }
        }
    }

    // ---- our own

    private <T> T inOwn(Call call, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return once(call, work);
            } catch (SQLException e) {
                if (tries == TRIES || !(e instanceof Batch.CountsUnknownException || dialect.isTransient(e))) {
                    throw failed(call.what, e);
                }
                StoreLog.LOG.debug("could not {} (SQLState {}), trying again", call.what, e.getSQLState());
            }
        }
    }

    private <T> T once(Call call, Work<T> work) throws SQLException {
        try (Loan loan = connections.borrow()) {
            loan.beginReadCommitted(dialect);
            if (call.changes()) {
                dialect.prepareToWrite(loan.connection());
            }
            dialect.prepareStatements(loan.connection(), call.kind == Kind.WRITES);
            T result = work.in(loan.connection());
            commit(loan, call, dialect);
            return result;
        }
    }

    private static void commit(Loan loan, Call call, Dialect dialect) throws SQLException {
        try {
            loan.connection().commit();
            loan.ended();
        } catch (SQLException e) {
            if (!call.changes() || dialect.isRolledBack(e)) {
                throw e;
            }
            throw call.eventIds.isEmpty()
                    ? failure(
                            call.what + " for certain: the commit failed and may have taken effect"
                                    + SqlErrors.meaning(e),
                            true,
                            e)
                    : new UnknownCommitException(call.eventIds, SqlErrors.withoutData(e));
        }
    }
}
