package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What differs from database to database: the source of time, settings, some statements, the meaning of errors. */
interface Dialect {
    /**
     * The dialect of the database behind this connection.
     *
     * @param clock the time, for databases whose own cannot be used
     * @throws StoreException if there is none
     */
    static Dialect of(Connection connection, InstantSource clock) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        int version = database.getDatabaseMajorVersion();
        if (product.equals("PostgreSQL") && version >= PostgresDialect.OLDEST) {
            return new PostgresDialect();
        }
        if (product.equals("H2") && version >= 2) {
            return new H2Dialect(clock);
        }
        throw new StoreException("the database is " + product + " " + database.getDatabaseProductVersion()
                + ", which JdbcDeliveryStore does not support; it supports PostgreSQL " + PostgresDialect.OLDEST
                + " and newer, and H2 2.x");
    }

    /** The folder of the schema files, beside the classes. */
    String folder();

    /** The statements that claim, find and insert deliveries. */
    Deliveries deliveries(Sql sql);

    /** What the store's clock shows. */
    Instant now(Connection connection) throws SQLException;

    /** An expression for the store's time plus a duration, with one parameter: see {@link #bindFromNow}. */
    String fromNow();

    /** Binds the duration of {@link #fromNow}. */
    void bindFromNow(PreparedStatement statement, int index, Duration duration) throws SQLException;

    /**
     * Checks the database's settings.
     *
     * @return warnings of those that are dangerous, with the remedy
     * @throws StoreException with the remedy, if the store cannot work with them
     */
    List<String> check(Connection connection) throws SQLException;

    /** Whether commits of this connection are durable as it is; false if {@link #prepareToWrite} has to see to it. */
    boolean isDurable(Connection connection) throws SQLException;

    /** Called first in each transaction of the store's own that changes something. */
    void prepareToWrite(Connection connection) throws SQLException;

    /**
     * Called in each transaction of the store's own before its statements: has them planned for tables that grow, and bounds
     * how long they wait for locks of others.
     *
     * @param waits whether they wait for locks
     */
    void prepareStatements(Connection connection, boolean waits) throws SQLException;

    /**
     * Locks deliveries, waiting for those who have; binds webhook id and limit. Selects {@code event_key, next_at,
     * first_due_at, fence, attempts, claims}.
     */
    String lockAny();

    /**
     * Locks deliveries that nobody holds a lease on and that were first due before an instant; binds webhook id, instant, no
     * time from now and limit. Selects as {@link #lockAny} does.
     */
    String lockExpired();

    /** Adds a row to the table of rates, unless it is there; binds webhook id and instant. */
    String insertRate();

    /** Whether a failed statement undoes only itself, so that the transaction could be committed without it. */
    boolean survivesErrors();

    /**
     * Called before a transaction that ran statements of the caller's is committed.
     *
     * @throws SQLException if the commit would roll it back without a word
     */
    void checkBeforeCommit(Connection connection) throws SQLException;

    /** Whether a unique key was violated. */
    boolean isDuplicate(SQLException e);

    /** Whether a table is missing. */
    boolean isTableMissing(SQLException e);

    /** Whether the same transaction may succeed at once, if it is repeated. */
    boolean isTransient(SQLException e);

    /** Whether a commit that failed so certainly had no effect. */
    boolean isRolledBack(SQLException e);
}
