package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * H2 2.x, files and memory. Its {@code CURRENT_TIMESTAMP} stands still within a transaction, so that time is the JVM's: all
 * nodes of an H2 server need clocks that agree.
 */
final class H2Dialect implements Dialect {
    private static final String DUPLICATE_KEY = "23505";
    private static final String DATA_EXCEPTION = "22";
    private static final String TABLE_NOT_FOUND = "42S0";
    private static final String COLUMN_NOT_FOUND = "42S22";
    private static final String ROLLED_BACK = "40";
    private static final int CONCURRENT_UPDATE = 90131;
    /** Data, constraints, and statements that the database does not understand. */
    private static final List<String> REFUSED = List.of("22", "23", "42");

    /** Several rows can have this name: what is stored, which H2 forgets to apply when it reopens, and what is in effect. */
    private static final String UNSAFE_WRITE_DELAY = """
            SELECT COUNT(*) FROM INFORMATION_SCHEMA.SETTINGS
            WHERE SETTING_NAME = 'WRITE_DELAY' AND SETTING_VALUE <> '0' AND DATABASE_PATH() IS NOT NULL""";

    private static final String TEXT_IS_EXACT = """
            SELECT COUNT(*) FROM (SELECT CAST('q' AS VARCHAR(8)) AS a, CAST('Q' AS VARCHAR(8)) AS b, \
            CAST('' AS VARCHAR(8)) AS c) AS probe WHERE a <> b AND a > b AND c = ''""";

    private final InstantSource clock;

    /** Connections of the driver's own that were open when the delay was zero: it stays so while one of them is. */
    private final Set<Connection> safe = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    H2Dialect(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String folder() {
        return "h2";
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public void check(Connection connection) throws SQLException {
        prepareToWrite(connection);
        if (count(connection, TEXT_IS_EXACT) != 1) {
            throw new StoreException("this H2 database does not compare text exactly, so that different ids would be"
                    + " one; remove IGNORECASE, SET COLLATION and MODE=Oracle from its URL and settings");
        }
    }

    /**
     * Without this, commits that were acknowledged are lost with the process. It lasts until the last connection is closed,
     * so that each new connection is looked at.
     */
    @Override
    public void prepareToWrite(Connection connection) throws SQLException {
        Connection opened = connection.unwrap(Connection.class);
        if (safe.contains(opened)) {
            return;
        }
        if (count(connection, UNSAFE_WRITE_DELAY) != 0) {
            setWriteDelay(connection);
        }
        safe.add(opened);
    }

    private static void setWriteDelay(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET WRITE_DELAY 0");
        } catch (SQLException e) {
            throw writeDelay(e);
        }
        if (count(connection, UNSAFE_WRITE_DELAY) != 0) {
            throw writeDelay(null);
        }
    }

    private static StoreException writeDelay(@Nullable SQLException cause) {
        String message = "this H2 database may lose commits when the process is killed, and SET WRITE_DELAY 0 was"
                + " refused; put ;WRITE_DELAY=0 into its URL and connect as an administrator";
        return cause == null ? new StoreException(message) : new StoreException(message, false, cause);
    }

    private static int count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** With {@code >} instead, H2 reads all deliveries of the webhook that it is to skip. */
    @Override
    public String firstDelivery() {
        return """
                SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id >= ?
                ORDER BY webhook_id, next_at, event_key FETCH FIRST 1 ROW ONLY""";
    }

    @Override
    public String positionAfter(String webhookId) {
        return webhookId + '\0';
    }

    /**
     * No {@code ORDER BY}: with it, H2 reads and locks every row that is due before it sorts. The index gives them in order.
     */
    @Override
    public String lockDue() {
        return """
                SELECT event_key, next_at, first_due_at, fence, attempts, claims
                FROM ${prefix}deliveries USE INDEX (${prefix}deliveries_due)
                WHERE webhook_id = ? AND next_at <= ? FETCH FIRST ? ROWS ONLY FOR UPDATE SKIP LOCKED""";
    }

    @Override
    public String lockAny() {
        return """
                SELECT event_key, next_at, first_due_at, fence, attempts, claims
                FROM ${prefix}deliveries USE INDEX (${prefix}deliveries_due)
                WHERE webhook_id = ? FETCH FIRST ? ROWS ONLY FOR UPDATE""";
    }

    @Override
    public boolean isDuplicate(SQLException e) {
        return SqlErrors.hasState(e, DUPLICATE_KEY);
    }

    @Override
    public boolean isTableMissing(SQLException e) {
        return SqlErrors.hasState(e, TABLE_NOT_FOUND) && !SqlErrors.hasState(e, COLUMN_NOT_FOUND);
    }

    @Override
    public boolean isDataRefused(SQLException e) {
        return SqlErrors.hasState(e, DATA_EXCEPTION);
    }

    /** Not a lock timeout: H2 notices deadlocks at once, and whoever waited once has waited long enough. */
    @Override
    public boolean isTransient(SQLException e) {
        return SqlErrors.hasState(e, ROLLED_BACK) || SqlErrors.any(e, each -> each.getErrorCode() == CONCURRENT_UPDATE);
    }

    @Override
    public boolean isUnavailable(SQLException e) {
        return REFUSED.stream().noneMatch(state -> SqlErrors.hasState(e, state));
    }

    @Override
    public boolean isRolledBack(SQLException e) {
        return SqlErrors.hasState(e, ROLLED_BACK);
    }
}
