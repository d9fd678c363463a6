package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.StoreException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * MariaDB, and MySQL, which is not tested. Time is the server's, fixed within a statement. Instants are stored as UTC without a
 * zone, which no time zone of a session changes, and keys and ids as bytes.
 */
final class MariaDbDialect implements Dialect, ShortForms {
    /** The first minor version of MariaDB 10 that knows {@code SKIP LOCKED}, which claims need. */
    private static final int OLDEST_OF_10 = 6;

    /** The oldest version of MariaDB that is supported. */
    static final String OLDEST = "10." + OLDEST_OF_10;

    /** The first major version of MySQL that does. */
    private static final int OLDEST_MYSQL = 8;

    private static final int KEY_BYTES = 16;
    private static final int DUPLICATE_KEY = 1062;
    private static final int TABLE_NOT_FOUND = 1146;
    private static final int TABLE_DENIED = 1142;
    /** With snapshot isolation, a row was changed since the transaction began. */
    private static final int CHANGED_SINCE = 1020;

    private static final int MOST_LANES = 256;

    private static final int NO_SAVEPOINT = 1305;

    private static final String ROLLED_BACK = "40";
    /** The server's default: many times what an event of the usual greatest size needs. */
    private static final long LEAST_PACKET = 16L << 20;

    private final boolean isMySql;

    MariaDbDialect(boolean isMySql) {
        this.isMySql = isMySql;
    }

    /** Whether this is a version that the store works on. */
    static boolean supports(DatabaseMetaData database) throws SQLException {
        int major = database.getDatabaseMajorVersion();
        if (isMariaDb(database)) {
            return major > 10 || (major == 10 && database.getDatabaseMinorVersion() >= OLDEST_OF_10);
        }
        return database.getDatabaseProductName().equals("MySQL") && major >= OLDEST_MYSQL;
    }

    /** The driver for MySQL calls every server MySQL. */
    static boolean isMariaDb(DatabaseMetaData database) throws SQLException {
        return database.getDatabaseProductName().equals("MariaDB")
                || database.getDatabaseProductVersion().contains("MariaDB");
    }

    @Override
    public String folder() {
        return "mariadb";
    }

    @Override
    public Instant now(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT UTC_TIMESTAMP(6)");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return instant(row, 1);
        }
    }

    /** A date and time without a zone, since the driver would convert any other to the time zone of the session. */
    @Override
    public Object timestamp(Instant instant) {
        return LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }

    @Override
    public Instant instant(ResultSet row, int index) throws SQLException {
        return row.getObject(index, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    @Override
    public Object key(UUID event) {
        return ByteBuffer.allocate(KEY_BYTES)
                .putLong(event.getMostSignificantBits())
                .putLong(event.getLeastSignificantBits())
                .array();
    }

    @Override
    public UUID key(ResultSet row, int index) throws SQLException {
        ByteBuffer key = ByteBuffer.wrap(row.getBytes(index));
        return new UUID(key.getLong(), key.getLong());
    }

    @Override
    public String fromNow() {
        return "(UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)";
    }

    @Override
    public void bindFromNow(PreparedStatement statement, int index, Duration duration) throws SQLException {
        statement.setLong(index, PostgresDialect.micros(duration));
    }

    @Override
    public List<String> check(Connection connection) throws SQLException {
        String modes = variable(connection, "sql_mode");
        if (modes.contains("EMPTY_STRING_IS_NULL")) {
            throw new StoreException(
                    "the sql_mode of this database user has EMPTY_STRING_IS_NULL, with which there is no event"
                            + " without a tenant; remove it, at least from the connections of the store");
        }
        if (variable(connection, "log_bin").equals("1")
                && variable(connection, "binlog_format").equals("STATEMENT")) {
            throw new StoreException(
                    "the server writes its binary log with binlog_format=STATEMENT, which refuses READ COMMITTED"
                            + " transactions, and the store's are such; set it to MIXED or ROW");
        }
        List<String> warnings = new ArrayList<>();
        if (!modes.contains("STRICT_")) {
            warnings.add(
                    "sql_mode is not strict for this database user: the server cuts values that are too long, instead of"
                            + " refusing them; add STRICT_TRANS_TABLES");
        }
        if (!variable(connection, "innodb_flush_log_at_trx_commit").equals("1")) {
            warnings.add(
                    "innodb_flush_log_at_trx_commit is not 1: if the server crashes, it loses events that were published; set it"
                            + " to 1");
        }
        if (Long.parseLong(variable(connection, "max_allowed_packet")) < LEAST_PACKET) {
            warnings.add(
                    "max_allowed_packet is below 16M: large events, or many at once, are refused; set it to twice maxEventBytes,"
                            + " and at least to 16M");
        }
        if (connection.getNetworkTimeout() == 0) {
            warnings.add(
                    "the driver has no socketTimeout: if the server hangs or a connection is cut, publishers and deliveries"
                            + " stop until the operating system notices; add socketTimeout=30000 (milliseconds) to the JDBC URL");
        }
        if (isMySql) {
            warnings.add("the store is not tested on MySQL; use MariaDB where you can");
        }
        return warnings;
    }

    private static String variable(Connection connection, String name) throws SQLException {
        return Dialect.text(connection, "SELECT @@" + name).orElse("");
    }

    /** A schema is a database here. */
    @Override
    public Optional<String> schema(Connection connection, Optional<String> wanted, String table) throws SQLException {
        String quoted = "SELECT CONCAT('`', REPLACE(name, '`', '``'), '`') FROM ";
        return wanted.isPresent()
                ? Dialect.text(
                        connection,
                        quoted + "(SELECT SCHEMA_NAME AS name FROM INFORMATION_SCHEMA.SCHEMATA"
                                + " WHERE BINARY SCHEMA_NAME = ? OR LOWER(SCHEMA_NAME) = LOWER(?)"
                                + " ORDER BY BINARY SCHEMA_NAME = ? DESC LIMIT 1) AS found",
                        wanted.get(),
                        wanted.get(),
                        wanted.get())
                : Dialect.text(connection, quoted + "(SELECT DATABASE() AS name) AS current WHERE name IS NOT NULL");
    }

    @Override
    public Set<String> indexes(Connection connection, String schema) throws SQLException {
        return Dialect.texts(
                connection,
                "SELECT DISTINCT LOWER(CASE INDEX_NAME WHEN 'PRIMARY' THEN TABLE_NAME ELSE INDEX_NAME END)"
                        + " FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = ?",
                schema.substring(1, schema.length() - 1).replace("``", "`"));
    }

    /** Asked by statements that are not executed: rights come by roles, patterns and PUBLIC, too, and no view shows them all. */
    @Override
    public List<String> missingPrivileges(Connection connection, Map<String, List<String>> needed) throws SQLException {
        List<String> grants = new ArrayList<>();
        for (Map.Entry<String, List<String>> table : needed.entrySet()) {
            List<String> missing = new ArrayList<>();
            for (String privilege : table.getValue()) {
                if (isDenied(connection, privilege, table.getKey())) {
                    missing.add(privilege);
                }
            }
            if (!missing.isEmpty()) {
                String user = Dialect.text(
                                connection,
                                "SELECT CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@',"
                                        + " QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))")
                        .orElse("");
                grants.add("GRANT " + String.join(", ", missing) + " ON " + table.getKey() + " TO " + user);
            }
        }
        return grants;
    }

    private static boolean isDenied(Connection connection, String privilege, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String nothing = "SELECT * FROM " + table + " WHERE 1 = 0";
            String column;
            try (ResultSet rows = statement.executeQuery(nothing)) {
                column = rows.getMetaData().getColumnName(1);
            }
            statement.execute("EXPLAIN "
                    + switch (privilege) {
                        case "INSERT" -> "INSERT INTO " + table + " " + nothing;
                        case "UPDATE" -> "UPDATE " + table + " SET " + column + " = " + column + " WHERE 1 = 0";
                        case "DELETE" -> "DELETE FROM " + table + " WHERE 1 = 0";
                        default -> nothing;
                    });
            return false;
        } catch (SQLException e) {
            return hasCode(e, TABLE_DENIED); // whatever else it is, such as a read-only server, others will tell
        }
    }

    /** What the server is set to is the operator's choice. */
    @Override
    public boolean isDurable(Connection connection) {
        return true;
    }

    @Override
    public void prepareToWrite(Connection connection) {}

    /** Begun at once: a transaction that touches no table never begins, and the isolation would be left for the host's next. */
    @Override
    public List<String> onceReadCommitted() {
        return List.of("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION");
    }

    @Override
    public void prepareStatements(Connection connection, boolean waits) {}

    /** Statistics are old where a burst has filled the table: the other index would be read from end to end. */
    @Override
    public String use(String index) {
        boolean isPrimaryKey = index.equals(PRIMARY_KEY) || index.equals(NEWEST_EVENTS);
        return "FORCE INDEX (" + (isPrimaryKey ? PRIMARY_KEY : "${indexPrefix}" + index) + ")";
    }

    @Override
    public String insertNew(String insert) {
        return insert.replaceFirst("INSERT", "INSERT IGNORE");
    }

    @Override
    public String keepUntilCommit() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    public String lockDue() {
        return "WHERE webhook_id = ? AND next_at <= ${fromNow} ORDER BY next_at, event_key LIMIT ? FOR UPDATE SKIP LOCKED";
    }

    @Override
    public SkipScan skipScan(Sql sql) {
        return new LooseSkipScan(sql);
    }

    @Override
    public int lanesAtOnce() {
        return MOST_LANES;
    }

    @Override
    public Optional<String> leaseLocked() {
        return Optional.of(
                "UPDATE ${prefix}deliveries FORCE INDEX (PRIMARY) SET fence = fence + 1, next_at = ${fromNow},"
                        + " claims = claims + 1 WHERE (event_key, webhook_id) IN ");
    }

    @Override
    public String seesCommitted() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    public int maxData() {
        return Integer.MAX_VALUE;
    }

    /** Up to 10.11 it sorts then, and reads a whole lane for a page of it. */
    @Override
    public boolean ordersByWhatIsEqual() {
        return false;
    }

    /** The server's own bound is 50 s. Without a round trip, and gone when the statement has ended. */
    @Override
    public String boundedWait() {
        return isMySql ? "" : "SET STATEMENT innodb_lock_wait_timeout = 5 FOR ";
    }

    @Override
    public String insertRate() {
        return "${boundedWait}INSERT IGNORE INTO ${prefix}rates (webhook_id, used_until) VALUES (?, ?)";
    }

    @Override
    public String addToRollup() {
        return """
                ${boundedWait}INSERT INTO ${prefix}rollups (webhook_id, hour_at, outcome, failure, tenant, n, duration_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE n = n + VALUES(n), duration_ms = duration_ms + VALUES(duration_ms)""";
    }

    /** But for a deadlock, which undoes the whole transaction. */
    @Override
    public boolean survivesErrors() {
        return true;
    }

    @Override
    public void checkBeforeCommit(Connection connection) {}

    @Override
    public boolean isDuplicate(SQLException e) {
        return hasCode(e, DUPLICATE_KEY);
    }

    @Override
    public boolean isTableMissing(SQLException e) {
        return hasCode(e, TABLE_NOT_FOUND);
    }

    /** Not a lock timeout: the server notices deadlocks at once, and whoever waited once has waited long enough. */
    @Override
    public boolean isTransient(SQLException e) {
        return isRolledBack(e) || hasCode(e, CHANGED_SINCE);
    }

    /** A savepoint is missing if the transaction that had it was undone meanwhile. */
    @Override
    public boolean isRolledBack(SQLException e) {
        return SqlErrors.hasState(e, ROLLED_BACK) || hasCode(e, NO_SAVEPOINT);
    }

    private static boolean hasCode(SQLException e, int code) {
        return SqlErrors.any(e, each -> each.getErrorCode() == code);
    }
}
