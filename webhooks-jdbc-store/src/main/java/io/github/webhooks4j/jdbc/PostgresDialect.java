package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** PostgreSQL. Time is the server's, read in the statement that needs it. */
final class PostgresDialect implements Dialect {
    /** Whatever the planner believes of the number of rows: with these it would read the rest of them all before the first. */
    static final String IN_ORDER = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

    private static final String USE_INDEXES = "SET LOCAL enable_seqscan = off";
    private static final String LIMIT_WAITS = "SET LOCAL lock_timeout = '5s'";
    /** The oldest major version that is supported. */
    static final int OLDEST = 14;

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String ROLLED_BACK = "40";
    private static final String COMPLETION_UNKNOWN = "40003";
    /** The connection or the server was lost, or something within it broke. */
    private static final List<String> UNCERTAIN = List.of("08", COMPLETION_UNKNOWN, "57P", "58", "XX");

    @Override
    public String folder() {
        return "postgresql";
    }

    @Override
    public Instant now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT statement_timestamp()")) {
            row.next();
            return instant(row, 1);
        }
    }

    /**
     * {@code clock_timestamp()} would do for what is written, but an index can only be searched by what stands still within
     * the statement.
     */
    @Override
    public String fromNow() {
        return "(statement_timestamp() + CAST(? AS BIGINT) * INTERVAL '1 microsecond')";
    }

    @Override
    public void bindFromNow(PreparedStatement statement, int index, Duration duration) throws SQLException {
        statement.setLong(index, micros(duration));
    }

    static long micros(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanosPart())
                + Math.multiplyExact(duration.toSeconds(), 1_000_000L);
    }

    @Override
    public List<String> check(Connection connection) throws SQLException {
        String encoding = setting(connection, "server_encoding");
        if (!encoding.equals("UTF8")) {
            throw new StoreException("the database has the encoding " + encoding
                    + ", which cannot store every event; use a database that was created with ENCODING 'UTF8'");
        }
        List<String> warnings = new ArrayList<>();
        if (setting(connection, "synchronous_commit").equals("off")) {
            warnings.add(
                    "synchronous_commit is off for this database user: if the server crashes, it loses events that were"
                            + " published; set it to on, at least for this user");
        }
        if (connection.getNetworkTimeout() == 0) {
            warnings.add(
                    "the PostgreSQL driver has no socketTimeout: if the server hangs or a connection is cut, publishers and"
                            + " deliveries stop until the operating system notices; add socketTimeout=30 (seconds) and"
                            + " tcpKeepAlive=true to the JDBC URL");
        }
        if (isPooled(connection)) {
            warnings.add(
                    "a pooler such as PgBouncer is between this application and PostgreSQL, and the driver prepares statements: in"
                            + " transaction mode calls will fail; add prepareThreshold=0 to the JDBC URL, unless the pooler"
                            + " keeps prepared statements (PgBouncer 1.21 with max_prepared_statements) or its mode is session");
        }
        return warnings;
    }

    /** Whether the driver prepares statements, and was told of another server process than the one that answers. */
    private static boolean isPooled(Connection connection) throws SQLException {
        Connection driver = connection.unwrap(Connection.class);
        try {
            Object threshold =
                    driver.getClass().getMethod("getPrepareThreshold").invoke(driver);
            Object told = driver.getClass().getMethod("getBackendPID").invoke(driver);
            return !threshold.equals(0)
                    && !Dialect.text(connection, "SELECT CAST(pg_backend_pid() AS TEXT)")
                            .equals(Optional.of(told.toString()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            StoreLog.LOG.debug("this driver does not tell whether there is a pooler", e);
            return false;
        }
    }

    @Override
    public Optional<String> schema(Connection connection, Optional<String> wanted, String table) throws SQLException {
        return wanted.isPresent()
                ? Dialect.text(
                        connection,
                        "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname = ? OR nspname = lower(?)"
                                + " ORDER BY nspname <> ? LIMIT 1",
                        wanted.get(),
                        wanted.get(),
                        wanted.get())
                : Dialect.text(
                        connection,
                        "SELECT quote_ident(COALESCE((SELECT nspname FROM pg_class c JOIN pg_namespace n"
                                + " ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)), current_schema()))",
                        table);
    }

    @Override
    public Set<String> indexes(Connection connection, String schema) throws SQLException {
        return indexes(connection, "i.indisvalid", schema);
    }

    /** Left by a {@code CREATE INDEX CONCURRENTLY} that failed. */
    @Override
    public Set<String> brokenIndexes(Connection connection, String schema) throws SQLException {
        return indexes(connection, "NOT i.indisvalid", schema);
    }

    private static Set<String> indexes(Connection connection, String which, String schema) throws SQLException {
        return Dialect.texts(
                connection,
                "SELECT CASE WHEN i.indisprimary THEN t.relname ELSE c.relname END FROM pg_index i"
                        + " JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid"
                        + " WHERE c.relnamespace = CAST(? AS regnamespace) AND " + which,
                schema);
    }

    @Override
    public List<String> missingPrivileges(Connection connection, Map<String, List<String>> needed) throws SQLException {
        List<String> grants = new ArrayList<>();
        for (Map.Entry<String, List<String>> table : needed.entrySet()) {
            List<String> missing = new ArrayList<>();
            String user = "";
            try (PreparedStatement statement = connection.prepareStatement(
                    "SELECT needed, has_table_privilege(?, needed), quote_ident(current_user)"
                            + " FROM UNNEST(?::text[]) AS of (needed)")) {
                statement.setString(1, table.getKey());
                statement.setArray(
                        2, connection.createArrayOf("text", table.getValue().toArray()));
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        user = row.getString(3);
                        if (!row.getBoolean(2)) {
                            missing.add(row.getString(1));
                        }
                    }
                }
            }
            if (!missing.isEmpty()) {
                grants.add("GRANT " + String.join(", ", missing) + " ON " + table.getKey() + " TO " + user);
            }
        }
        return grants;
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    /** What the server is set to is the operator's choice. */
    @Override
    public boolean isDurable(Connection connection) {
        return true;
    }

    @Override
    public void prepareToWrite(Connection connection) {}

    /**
     * A plan that is made while a table has hardly any rows goes through the whole table. It is kept for the next executions,
     * also when a burst or an outage of receivers fills the table: until statistics are made anew, each recorded delivery
     * would read all others.
     */
    @Override
    public void prepareStatements(Connection connection, boolean waits) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(waits ? USE_INDEXES + "; " + LIMIT_WAITS : USE_INDEXES);
        }
    }

    /** Which index it is follows from the order that is asked for. */
    @Override
    public String use(String index) {
        return "";
    }

    @Override
    public void readInOrder(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(IN_ORDER);
        }
    }

    @Override
    public String insertNew(String insert) {
        return insert + " ON CONFLICT DO NOTHING";
    }

    @Override
    public boolean findsFailed() {
        return true;
    }

    @Override
    public String keepUntilCommit() {
        return " FOR KEY SHARE";
    }

    @Override
    public String insertRate() {
        return "INSERT INTO ${prefix}rates (webhook_id, used_until) VALUES (?, ?) ON CONFLICT DO NOTHING";
    }

    @Override
    public String addToRollup() {
        return """
                INSERT INTO ${prefix}rollups AS r (webhook_id, hour_at, outcome, failure, tenant, n, duration_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (webhook_id, hour_at, outcome, failure)
                DO UPDATE SET n = r.n + excluded.n, duration_ms = r.duration_ms + excluded.duration_ms""";
    }

    @Override
    public boolean survivesErrors() {
        return false;
    }

    /** After a statement that failed, the server answers COMMIT with ROLLBACK, and the driver may not tell. */
    @Override
    public void checkBeforeCommit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    @Override
    public boolean isDuplicate(SQLException e) {
        return SqlErrors.hasState(e, UNIQUE_VIOLATION);
    }

    @Override
    public boolean isTableMissing(SQLException e) {
        return SqlErrors.hasState(e, UNDEFINED_TABLE);
    }

    @Override
    public boolean isTransient(SQLException e) {
        return SqlErrors.hasState(e, ROLLED_BACK) && !SqlErrors.hasState(e, COMPLETION_UNKNOWN);
    }

    /** Deferred constraints and triggers fail at the commit, too: whatever the server itself says is certain. */
    @Override
    public boolean isRolledBack(SQLException e) {
        return e.getSQLState() != null
                && !e.getSQLState().isEmpty()
                && UNCERTAIN.stream().noneMatch(state -> SqlErrors.hasState(e, state));
    }
}
