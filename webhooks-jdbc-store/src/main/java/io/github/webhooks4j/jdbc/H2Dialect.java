package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * H2, files and memory. Its {@code CURRENT_TIMESTAMP} stands still within a transaction, so that time is the JVM's: all
 * nodes of an H2 server need clocks that agree.
 */
final class H2Dialect implements Dialect, ShortForms {
    /** The first version of 2.2, and the first that knows {@code SKIP LOCKED}, which claims need. */
    static final String OLDEST = "2.2.220";

    /** The last version whose files are nearly always whole after a kill. */
    private static final String SOUND = "2.3.232";

    private static final String DUPLICATE_KEY = "23505";
    private static final String TABLE_NOT_FOUND = "42S0";
    private static final String COLUMN_NOT_FOUND = "42S22";
    private static final String ROLLED_BACK = "40";
    private static final int CONCURRENT_UPDATE = 90131;
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
    public Instant now(Connection connection) {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public String fromNow() {
        return "CAST(? AS TIMESTAMP(6) WITH TIME ZONE)";
    }

    @Override
    public void bindFromNow(PreparedStatement statement, int index, Duration duration) throws SQLException {
        statement.setObject(index, timestamp(clock.instant().plus(duration)));
    }

    @Override
    public List<String> check(Connection connection) throws SQLException {
        prepareToWrite(connection);
        if (count(connection, TEXT_IS_EXACT) != 1) {
            throw new StoreException("this H2 database does not compare text exactly, and would take different ids"
                    + " for one; remove IGNORECASE, SET COLLATION and MODE=Oracle from its URL and settings");
        }
        return Dialect.text(connection, "SELECT H2VERSION() WHERE DATABASE_PATH() IS NOT NULL")
                .filter(H2Dialect::isForgetful)
                .map(version ->
                        "H2 " + version + " can lose rows of this file, or entries of an index, when the process is"
                                + " killed; use " + SOUND)
                .stream()
                .toList();
    }

    /** From 2.4 on. */
    static boolean isForgetful(String version) {
        String[] numbers = version.split("\\.", 3);
        return Integer.parseInt(numbers[0]) > 2 || Integer.parseInt(numbers[1]) >= 4;
    }

    @Override
    public Optional<String> schema(Connection connection, Optional<String> wanted, String table) throws SQLException {
        if (wanted.isPresent()) {
            return Dialect.text(
                    connection,
                    "SELECT QUOTE_IDENT(SCHEMA_NAME) FROM INFORMATION_SCHEMA.SCHEMATA"
                            + " WHERE SCHEMA_NAME = ? OR UPPER(SCHEMA_NAME) = UPPER(?)"
                            + " ORDER BY CASE WHEN SCHEMA_NAME = ? THEN 0 ELSE 1 END FETCH FIRST 1 ROW ONLY",
                    wanted.get(),
                    wanted.get(),
                    wanted.get());
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + table + " WHERE 1 = 0")) {
            return Dialect.text(
                    connection, "SELECT QUOTE_IDENT(?)", rows.getMetaData().getSchemaName(1));
        } catch (SQLException e) {
            if (isTableMissing(e)) {
                return Dialect.text(connection, "SELECT QUOTE_IDENT(SCHEMA())");
            }
            throw e;
        }
    }

    @Override
    public Set<String> indexes(Connection connection, String schema) throws SQLException {
        return Dialect.texts(
                connection,
                "SELECT LOWER(CASE INDEX_TYPE_NAME WHEN 'PRIMARY KEY' THEN TABLE_NAME ELSE INDEX_NAME END)"
                        + " FROM INFORMATION_SCHEMA.INDEXES WHERE QUOTE_IDENT(TABLE_SCHEMA) = ?",
                schema);
    }

    /**
     * With a delay, commits that were acknowledged are lost with the process. The setting lasts until the last connection is
     * closed, so that each new connection is looked at.
     */
    @Override
    public boolean isDurable(Connection connection) throws SQLException {
        Connection opened = connection.unwrap(Connection.class);
        if (safe.contains(opened)) {
            return true;
        }
        boolean durable = count(connection, UNSAFE_WRITE_DELAY) == 0;
        if (durable) {
            safe.add(opened);
        }
        return durable;
    }

    @Override
    public void prepareToWrite(Connection connection) throws SQLException {
        if (!isDurable(connection)) {
            setWriteDelay(connection);
        }
    }

    /** The lock timeout of H2 is 2 s if nobody changes it, and each of our statements has the index it needs. */
    @Override
    public void prepareStatements(Connection connection, boolean waits) {}

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
        String message = "this H2 database may lose commits when the process is killed, and it refused SET WRITE_DELAY"
                + " 0; put ;WRITE_DELAY=0 into its URL and connect as an administrator";
        return cause == null ? new StoreException(message) : new StoreException(message, false, cause);
    }

    private static int count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public String use(String index) {
        return index.equals(PRIMARY_KEY) ? "" : "USE INDEX (${prefix}" + index + ")";
    }

    @Override
    public boolean splitsData() {
        return true;
    }

    @Override
    public String emptyData() {
        return "data = X'', large_data = NULL";
    }

    @Override
    public String keepUntilCommit() {
        return " FOR UPDATE";
    }

    /** No {@code ORDER BY}: with it, H2 reads and locks every row that is due before it sorts. The index gives them in order. */
    @Override
    public String lockDue() {
        return "WHERE webhook_id = ? AND next_at <= ${fromNow} FETCH FIRST ? ROWS ONLY FOR UPDATE SKIP LOCKED";
    }

    @Override
    public SkipScan skipScan(Sql sql) {
        return new SteppingSkipScan(sql);
    }

    /** Within the process, a statement for each costs no round trip. */
    @Override
    public int lanesAtOnce() {
        return 1;
    }

    @Override
    public Optional<String> leaseLocked() {
        return Optional.empty();
    }

    @Override
    public String seesCommitted() {
        return "";
    }

    /** As declared in the schema file: H2 takes no more in a column that is not a large object. */
    @Override
    public int maxData() {
        return 1_000_000;
    }

    @Override
    public String insertRate() {
        return """
                INSERT INTO ${prefix}rates (webhook_id, used_until) SELECT new.* FROM
                (VALUES (CAST(? AS VARCHAR), CAST(? AS TIMESTAMP(6) WITH TIME ZONE))) AS new (id, used_until)
                WHERE NOT EXISTS (SELECT 1 FROM ${prefix}rates WHERE webhook_id = new.id)""";
    }

    @Override
    public String addToRollup() {
        return """
                MERGE INTO ${prefix}rollups AS r USING (VALUES (CAST(? AS VARCHAR), CAST(? AS TIMESTAMP(6) WITH TIME ZONE),
                CAST(? AS SMALLINT), CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS BIGINT), CAST(? AS BIGINT)))
                AS s (webhook_id, hour_at, outcome, failure, tenant, n, duration_ms)
                ON r.webhook_id = s.webhook_id AND r.hour_at = s.hour_at AND r.outcome = s.outcome AND r.failure = s.failure
                WHEN MATCHED THEN UPDATE SET n = r.n + s.n, duration_ms = r.duration_ms + s.duration_ms
                WHEN NOT MATCHED THEN INSERT (webhook_id, hour_at, outcome, failure, tenant, n, duration_ms)
                VALUES (s.webhook_id, s.hour_at, s.outcome, s.failure, s.tenant, s.n, s.duration_ms)""";
    }

    @Override
    public boolean survivesErrors() {
        return true;
    }

    @Override
    public void checkBeforeCommit(Connection connection) {}

    @Override
    public boolean isDuplicate(SQLException e) {
        return SqlErrors.hasState(e, DUPLICATE_KEY);
    }

    @Override
    public boolean isTableMissing(SQLException e) {
        return SqlErrors.hasState(e, TABLE_NOT_FOUND) && !SqlErrors.hasState(e, COLUMN_NOT_FOUND);
    }

    /** Not a lock timeout: H2 notices deadlocks at once, and whoever waited once has waited long enough. */
    @Override
    public boolean isTransient(SQLException e) {
        return SqlErrors.hasState(e, ROLLED_BACK) || SqlErrors.any(e, each -> each.getErrorCode() == CONCURRENT_UPDATE);
    }

    @Override
    public boolean isRolledBack(SQLException e) {
        return SqlErrors.hasState(e, ROLLED_BACK);
    }
}
