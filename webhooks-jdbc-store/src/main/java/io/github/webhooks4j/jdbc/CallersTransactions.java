package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.CallersTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which transaction of the caller's a thread is in: one that was joined or opened through the store, or else one that the
 * connection source knows of.
 */
final class CallersTransactions {
    private static final Pattern PARAMETERS = Pattern.compile("[?;].*");

    private final @Nullable ConnectionSource source;

    @SuppressWarnings("ThreadLocalUsage") // of each store; empty again at the end of each transaction
    private final ThreadLocal<Bound> bound = new ThreadLocal<>();

    private final String url;
    private final UnseenTransactions unseen;

    /**
     * Of one database.
     *
     * @param url its name, see {@link #url}
     * @param unseen what is refused if there is no source
     */
    CallersTransactions(String url, @Nullable ConnectionSource source, UnseenTransactions unseen) {
        this.url = url;
        this.source = source;
        this.unseen = unseen;
    }

    /** A transaction that is bound to this thread by the store itself. */
    static final class Bound implements CallersTransaction {
        private final Connection connection;
        private final boolean endIsKnown;
        private final List<Runnable> afterCommit = new ArrayList<>();
        private final List<String> eventIds = new ArrayList<>();
        private boolean undone;

        /**
         * A transaction.
         *
         * @param endIsKnown whether the store will know when it has ended
         */
        Bound(Connection connection, boolean endIsKnown) {
            this.connection = connection;
            this.endIsKnown = endIsKnown;
        }

        @Override
        public boolean afterCommit(Runnable hint) {
            if (endIsKnown) {
                afterCommit.add(hint);
            }
            return endIsKnown;
        }

        /**
         * Called before it is used again, or committed.
         *
         * @throws SQLException if the database has undone all of it, so that only what comes afterwards would be committed
         */
        void checkNotUndone() throws SQLException {
            if (undone) {
                throw new SQLException(
                        "the database has undone this transaction, since it met another: roll it back and repeat it",
                        "40001");
            }
        }

        /** The events that were stored in it. */
        List<String> eventIds() {
            return eventIds;
        }

        /** Also after a failed commit, which may have taken effect, and a rollback, so that nothing is waited for in vain. */
        void ended() {
            afterCommit.forEach(Runnable::run);
        }
    }

    /** Called before something is changed. */
    Optional<CallersTransaction> current() {
        Bound here = bound.get();
        if (here != null) {
            return Optional.of(here);
        }
        refuseUnseen();
        ConnectionSource outside = source;
        if (outside == null || !outside.inTransaction()) {
            return Optional.empty();
        }
        return Optional.of(hint -> {
            outside.afterCommit(hint);
            return true;
        });
    }

    /** Whether this thread is in a transaction that the store takes part in. */
    boolean isInTransaction() {
        return bound.get() != null || (source != null && source.inTransaction());
    }

    /** Refuses to change anything, by a transaction of its own, in one of Spring's that there is no source for. */
    void refuseUnseen() {
        if (source == null) {
            unseen.refuse();
        }
    }

    /** Does work in a transaction that somebody else ends. */
    <T> T join(Connection connection, Work<T> work) throws SQLException {
        Bound here = bound.get();
        return in(here != null && here.connection == connection ? here : new Bound(checked(connection), false), work);
    }

    /** Does work in a transaction, which the store takes part in for as long on this thread. */
    <T> T in(Bound transaction, Work<T> work) throws SQLException {
        Bound before = bound.get();
        bound.set(transaction);
        try {
            return work.in(transaction.connection);
        } finally {
            if (before == null) {
                bound.remove();
            } else {
                bound.set(before);
            }
        }
    }

    /** Does work on the connection of the caller's transaction; empty, and nothing done, if this thread is in none. */
    <T> Optional<T> on(Work<T> work, List<String> eventIds) throws SQLException {
        Bound here = bound.get();
        if (here != null) {
            here.checkNotUndone();
            here.eventIds.addAll(eventIds);
            return Optional.of(work.in(checked(here.connection)));
        }
        ConnectionSource outside = source;
        if (outside == null || !outside.inTransaction()) {
            return Optional.empty();
        }
        Connection connection = outside.get();
        try {
            return Optional.of(work.in(checked(connection)));
        } finally {
            outside.release(connection);
        }
    }

    /** The database has undone the whole transaction that this thread is in. */
    void undone() {
        Bound here = bound.get();
        if (here != null) {
            here.undone = true;
        }
    }

    /** Names the database of a connection, without the parameters, which may hold a password. */
    static String url(Connection connection) throws SQLException {
        return PARAMETERS
                .matcher(String.valueOf(connection.getMetaData().getURL()))
                .replaceFirst("");
    }

    /** Refuses a connection that would commit each statement by itself, or in another database. */
    private Connection checked(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "the connection is in auto-commit mode, so there is no transaction to take part in; call"
                            + " setAutoCommit(false) first, or publish without join");
        }
        String found = url(connection);
        if (!found.equals(url)) {
            throw new IllegalStateException("the connection is to " + found + ", but the store is in " + url
                    + "; publish in a transaction of the same database");
        }
        return connection;
    }
}
