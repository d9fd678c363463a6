package io.github.webhooks4j.jdbc;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads SQLState classes, which are common to all databases; batches hide the first error behind others. */
final class SqlErrors {
    /** Features, data, constraints, transactions that failed before, statements, limits: the same call fails again. */
    private static final List<String> REFUSED = List.of("0A", "22", "23", "25P02", "42", "54");

    private static final int MAX_TEXT = 300;
    /** Not about what was asked, whatever the class of the state. */
    private static final String STATEMENT_EXISTS = "42P05";

    private static final int TOO_LARGE = 1153;
    private static final String MET_OTHERS = "it met other transactions and must be repeated";
    private static final String CUT_OFF =
            "the connection to the database was lost; if that happens with large events only, raise max_allowed_packet";
    private static final String LOCK_WAIT = "another transaction held a lock for too long";
    private static final String READ_ONLY = "the database, or this connection to it, is read-only";
    private static final String NO_ROOM = "the database lacks disk space, memory or connections";

    private static final String POOLED =
            "a pooler such as PgBouncer in transaction mode mixed up prepared statements; set prepareThreshold=0 in the JDBC URL";

    /** How {@link #meaning} says that a privilege is missing. */
    static final String LACKS_PRIVILEGE = "the database user lacks a privilege";
    /** How PostgreSQL and MariaDB name the object, in errors that quote no data. */
    private static final Pattern DENIED =
            Pattern.compile("(?:permission denied|command denied to user .{1,300}) for (\\w+ [\\w.$`]{1,128})");

    /** How H2, PostgreSQL and MariaDB name a table that is missing. */
    private static final Pattern MISSING = Pattern.compile(
            "(?:Table|relation) [\"'](?:[^\"']{1,128}\\.)?([\\w$]{1,128})[\"'] (?:not found|does not exist|doesn't exist)");

    /** What MariaDB tells by its own codes, under states that mean nothing or something else. */
    private static final Map<Integer, String> CODES = Map.ofEntries(
            Map.entry(1020, MET_OTHERS),
            Map.entry(1044, LACKS_PRIVILEGE),
            Map.entry(1114, NO_ROOM),
            Map.entry(1142, LACKS_PRIVILEGE),
            Map.entry(1143, LACKS_PRIVILEGE),
            Map.entry(TOO_LARGE, "it does not fit into a packet of the server; raise max_allowed_packet"),
            Map.entry(1205, LOCK_WAIT),
            Map.entry(1227, LACKS_PRIVILEGE),
            Map.entry(1290, READ_ONLY),
            Map.entry(1836, READ_ONLY));

    private static final Map<String, String> MEANINGS = new LinkedHashMap<>();

    static {
        MEANINGS.put("08P01", POOLED);
        MEANINGS.put("08", "the connection to the database was lost");
        MEANINGS.put("25006", READ_ONLY);
        MEANINGS.put("25P02", "the transaction had failed before and must be rolled back");
        MEANINGS.put("26000", POOLED);
        MEANINGS.put(STATEMENT_EXISTS, POOLED);
        MEANINGS.put("40", MET_OTHERS);
        MEANINGS.put(
                "25001",
                "the pool handed out a connection with an open transaction; have it roll back, and test connections without a table");
        MEANINGS.put("42501", LACKS_PRIVILEGE);
        MEANINGS.put("90096", LACKS_PRIVILEGE);
        MEANINGS.put("53", NO_ROOM);
        MEANINGS.put("55P03", LOCK_WAIT);
        MEANINGS.put("57", "the database is shutting down, or it canceled the statement");
    }

    private SqlErrors() {}

    static boolean any(SQLException e, Predicate<SQLException> test) {
        for (SQLException each = e; each != null; each = each.getNextException()) {
            if (test.test(each)) {
                return true;
            }
        }
        return false;
    }

    static boolean hasState(SQLException e, String prefix) {
        return any(e, each -> each.getSQLState() != null && each.getSQLState().startsWith(prefix));
    }

    /** Whether the trouble is not with what was asked, so that the same may succeed later. */
    static boolean isUnavailable(SQLException e) {
        if (any(e, each -> each.getErrorCode() == TOO_LARGE)) {
            return false;
        }
        return hasState(e, STATEMENT_EXISTS) || REFUSED.stream().noneMatch(state -> hasState(e, state));
    }

    /**
     * An error to be shown as a cause: what kind it is and where it came from. Drivers quote values of rows, secrets and
     * answers of receivers among them, after the first line, and for errors of data and constraints within it.
     */
    static SQLException withoutData(SQLException e) {
        SQLException first =
                e instanceof BatchUpdateException && e.getNextException() != null ? e.getNextException() : e;
        boolean quotes = hasState(first, "22") || hasState(first, "23");
        String text = quotes ? "the database refused a value" : String.valueOf(first.getMessage());
        String line = text.lines().findFirst().orElse("");
        SQLException shown = new SQLException(
                first.getClass().getName() + ": " + line.substring(0, Math.min(line.length(), MAX_TEXT)),
                first.getSQLState(),
                first.getErrorCode());
        shown.setStackTrace(first.getStackTrace());
        return shown;
    }

    /** What happened, as far as the SQLState tells it, fit to follow "could not …". Never the driver's text, which may show data. */
    static String meaning(SQLException e) {
        String state = "SQLState " + e.getSQLState() + ", vendor code " + e.getErrorCode();
        Optional<String> byCode = CODES.entrySet().stream()
                .filter(code -> any(e, each -> each.getErrorCode() == code.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        return byCode.or(() -> MEANINGS.entrySet().stream()
                        .filter(meaning -> hasState(e, meaning.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst())
                .or(() -> e.getSQLState() == null ? Optional.of(CUT_OFF) : Optional.empty())
                .map(meaning ->
                        ": " + meaning + (meaning.equals(LACKS_PRIVILEGE) ? denied(e) : "") + " (" + state + ")")
                .orElse(" (" + state + ")");
    }

    /**
     * Which table is missing, as far as the database tells it in English; fit to follow "could not …".
     *
     * @param schema where it should be
     */
    static String missingTable(SQLException e, String schema) {
        Matcher missing = MISSING.matcher(String.valueOf(e.getMessage()));
        return (missing.find() ? "table " + missing.group(1) : "a table") + " is missing in schema " + schema
                + meaning(e);
    }

    /** On what a privilege is missing, where the database says it in English. */
    private static String denied(SQLException e) {
        Matcher denied = DENIED.matcher(String.valueOf(e.getMessage()));
        return denied.find() ? " on " + denied.group(1) : "";
    }
}
