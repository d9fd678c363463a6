package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What differs from database to database: the source of time, settings, parts of some statements, the meaning of errors. It knows
 * nothing of the classes that use it.
 */
interface Dialect {
    /** The folder of the schema files, beside the classes. */
    String folder();

    /** What the store's clock shows. */
    Instant now(Connection connection) throws SQLException;

    /** An instant as the parameter of a statement, to the microsecond. */
    default Object timestamp(Instant instant) {
        return OffsetDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }

    /** An instant as a statement selected it. */
    default Instant instant(ResultSet row, int index) throws SQLException {
        return row.getObject(index, OffsetDateTime.class).toInstant();
    }

    /** The key of an event as the parameter of a statement. */
    default Object key(UUID event) {
        return event;
    }

    /** The key of an event as a statement selected it. */
    default UUID key(ResultSet row, int index) throws SQLException {
        return row.getObject(index, UUID.class);
    }

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

    /**
     * The schema of the store's tables, quoted if it has to be.
     *
     * @param wanted its name, in upper or lower case; if empty, it is where this connection finds the table, or else would create it
     * @param table without a schema
     * @return empty if there is no such schema
     */
    Optional<String> schema(Connection connection, Optional<String> wanted, String table) throws SQLException;

    /**
     * The indexes of a schema that can be used, in lower case. A primary key has the name of its table.
     *
     * @param schema see {@link #schema}
     */
    Set<String> indexes(Connection connection, String schema) throws SQLException;

    /** The indexes of a schema that are there and cannot be used. */
    default Set<String> brokenIndexes(Connection connection, String schema) throws SQLException {
        return Set.of();
    }

    /**
     * What this user has to be granted, as SQL statements.
     *
     * @param needed the privileges that are needed on each table
     * @return empty if nothing, or if the database does not tell
     */
    default List<String> missingPrivileges(Connection connection, Map<String, List<String>> needed)
            throws SQLException {
        return List.of();
    }

    /** Whether commits of this connection are durable as it is; false if {@link #prepareToWrite} has to see to it. */
    boolean isDurable(Connection connection) throws SQLException;

    /** Called first in each transaction of the store's own that changes something. */
    void prepareToWrite(Connection connection) throws SQLException;

    /**
     * Statements that begin a READ COMMITTED transaction, and leave the connection as it was; empty where the isolation of the
     * connection has to be changed, and changed back.
     */
    default List<String> onceReadCommitted() {
        return List.of();
    }

    /**
     * Called in each transaction of the store's own before its statements: has them planned for tables that grow, and bounds
     * how long they wait for locks of others.
     *
     * @param waits whether they wait for locks
     */
    void prepareStatements(Connection connection, boolean waits) throws SQLException;

    /** The name of the index that a table has for its primary key, as {@link #use} takes it. */
    String PRIMARY_KEY = "PRIMARY";

    /** The name of the index that gives the newest event first, as {@link #use} takes it: where it is not the primary key. */
    String NEWEST_EVENTS = "events_newest";

    /** Called before selects that read an index in its order and stop early, where it takes more than the order to have it so. */
    default void readInOrder(Connection connection) throws SQLException {}

    /**
     * Put behind the name of a table, it makes a select use this index. Names the index with {@code ${prefix}}, or without a schema with
     * {@code ${indexPrefix}}.
     */
    String use(String index);

    /** Whether the table of events has a second column, {@code large_data}, for data that does not fit into the first. */
    default boolean splitsData() {
        return false;
    }

    /** Whether there is an index of the deliveries that ended and were not delivered, whatever their webhook. */
    default boolean findsFailed() {
        return false;
    }

    /** The same insert, leaving out what is there already, if the database can. Otherwise it fails, as if two did it at once. */
    default String insertNew(String insert) {
        return insert;
    }

    /** The assignments that empty the data of an event. */
    default String emptyData() {
        return "data = ''";
    }

    /** The end of a select that keeps others from deleting the row until the transaction has ended. */
    String keepUntilCommit();

    /**
     * Whether columns that equal a parameter have to be named in {@code ORDER BY} for the index to give the order. Otherwise they must
     * not: the rows would all be read and sorted.
     */
    default boolean ordersByWhatIsEqual() {
        return true;
    }

    /** Put before a statement, it bounds how long that waits for locks of others, where {@link #prepareStatements} cannot. */
    default String boundedWait() {
        return "";
    }

    /** Adds a row to the table of rates, unless it is there; binds webhook id and instant. */
    String insertRate();

    /**
     * Adds to a row of the table of rollups, or makes it; binds webhook id, hour, outcome, failure, tenant, count and duration. Two that
     * make the same row at once may both fail as duplicates.
     */
    String addToRollup();

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

    /** The text in the first row that is selected with these parameters; empty if there is none. */
    static Optional<String> text(Connection connection, String select, String... parameters) throws SQLException {
        return texts(connection, select, parameters).stream().findFirst();
    }

    /** The texts that are selected with these parameters. */
    static Set<String> texts(Connection connection, String select, String... parameters) throws SQLException {
        Set<String> texts = new LinkedHashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String text = row.getString(1);
                    if (text != null) {
                        texts.add(text);
                    }
                }
            }
        }
        return texts;
    }
}
