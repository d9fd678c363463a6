package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.StoreException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.InstantSource;

/** What differs from database to database: statements, the source of time, the meaning of errors. */
interface Dialect {
    /**
     * The dialect of the database behind this connection.
     *
     * @throws StoreException if there is none
     */
    static Dialect of(Connection connection, InstantSource clock) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        String product = database.getDatabaseProductName();
        if (product.equals("H2") && database.getDatabaseMajorVersion() >= 2) {
            return new H2Dialect(clock);
        }
        throw new StoreException("the database is " + product + " " + database.getDatabaseProductVersion()
                + ", which JdbcDeliveryStore does not support; it supports H2 2.x");
    }

    /** The folder of the schema files, beside the classes. */
    String folder();

    /** The store's clock. */
    InstantSource clock();

    /**
     * Checks the database's settings.
     *
     * @throws StoreException with the remedy
     */
    void check(Connection connection) throws SQLException;

    /** Called first in each transaction that changes something. */
    void prepareToWrite(Connection connection) throws SQLException;

    /** Selects webhook id and time of the first delivery at or after the bound position, see {@link #positionAfter}. */
    String firstDelivery();

    /** What is bound to {@link #firstDelivery} to find the first delivery of the webhook that follows this one. */
    String positionAfter(String webhookId);

    /**
     * Locks the earliest deliveries that nobody else has locked; binds webhook id, now and limit. Selects {@code event_key,
     * next_at, first_due_at, fence, attempts, claims}.
     */
    String lockDue();

    /** Locks deliveries, waiting for those who have; binds webhook id and limit. Selects as {@link #lockDue} does. */
    String lockAny();

    /** Whether a unique key was violated. */
    boolean isDuplicate(SQLException e);

    /** Whether a table is missing. */
    boolean isTableMissing(SQLException e);

    /** Whether the value of a column was refused. */
    boolean isDataRefused(SQLException e);

    /** Whether the same transaction may succeed at once, if it is repeated. */
    boolean isTransient(SQLException e);

    /** Whether the trouble is not with what was asked, so that the same may succeed later. */
    boolean isUnavailable(SQLException e);

    /** Whether a commit that failed so certainly had no effect. */
    boolean isRolledBack(SQLException e);
}
