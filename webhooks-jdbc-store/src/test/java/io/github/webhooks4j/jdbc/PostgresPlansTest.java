package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What the engine's statements read of a million pending deliveries: ten dead webhooks own 800,000 of them, one has 200,000
 * that are due later, and a hundred healthy ones have ten each. With statistics and without, planned for the parameters and
 * for any: the plan must not depend on luck.
 */
class PostgresPlansTest {
    private static final Sql SQL = new Sql("webhooks_", new PostgresDialect());
    private static final Pattern PLAN_ROWS =
            Pattern.compile("Index (?:Only )?Scan using (\\S+) .*actual time=\\S+ rows=([0-9.]+) loops=([0-9]+)");
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by [^:]*: ([0-9]+)");

    private static final int DEAD_ROOM = 5;
    private static final int HEALTHY_ROOM = 20;
    private static final int HEALTHY_DUE = 10;
    private static final int LANES = 21;
    private static final int CLAIMED = 10 * DEAD_ROOM + 10 * HEALTHY_DUE;

    private static PGSimpleDataSource database;

    @BeforeAll
    static void fill() throws SQLException {
        database = PostgresServer.dataSource(
                PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        StoreRows.store(database).open();
        PostgresServer.execute(
                database,
                "ALTER TABLE webhooks_deliveries SET (autovacuum_enabled = off)",
                "ALTER TABLE webhooks_events SET (autovacuum_enabled = off)",
                "CREATE TABLE filling AS SELECT n, gen_random_uuid() AS event_key FROM generate_series(1, 1001000) n",
                "INSERT INTO webhooks_events SELECT event_key, '', 'e' || n, 'n', now(), 'application/json', TRUE, '{}',"
                        + " '\\x7b7d', now() FROM filling",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'dead' || n % 10, now() - n * INTERVAL '1 ms', now(), 0,"
                        + " 0, 0 FROM filling WHERE n <= 800000",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'later', now() + n * INTERVAL '1 s', now(), 0, 0, 0"
                        + " FROM filling WHERE n > 800000 AND n <= 1000000",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'healthy' || n % 100, now(), now(), 0, 0, 0"
                        + " FROM filling WHERE n > 1000000",
                "DROP TABLE filling");
    }

    @ParameterizedTest
    @CsvSource({"false, custom", "false, generic", "true, custom", "true, generic"})
    void claimReadsNoMoreThanItClaims(boolean statistics, String mode) throws SQLException {
        setStatistics(statistics);
        String plan = explain(mode, "text[], int[], bigint", SQL.of(ArrayStatements.CLAIM), claimParameters());

        assertThat(plan).doesNotContain("Seq Scan").containsPattern("Index Cond: .*next_at <= ");
        assertThat(rowsRead(plan, "webhooks_deliveries_due")).isLessThanOrEqualTo(CLAIMED + LANES);
        assertThat(rowsRead(plan, "webhooks_events_pkey")).isLessThanOrEqualTo(CLAIMED);
        assertThat(plan).containsPattern("Tid Scan on webhooks_deliveries.*rows=" + CLAIMED);
    }

    @ParameterizedTest
    @CsvSource({"false, custom", "false, generic", "true, custom", "true, generic"})
    void lookForWhatIsDueReadsOneRowOfEachWebhook(boolean statistics, String mode) throws SQLException {
        setStatistics(statistics);
        String plan = explain(mode, "text, int", SQL.of(ArrayStatements.DUE), "'', 20000");

        assertThat(plan).doesNotContain("Seq Scan");
        assertThat(rowsRead(plan, "webhooks_deliveries_due")).isEqualTo(10 + 1 + 100);
    }

    /** As the planner knows the tables, or as if it had never seen them. */
    private static void setStatistics(boolean known) throws SQLException {
        if (known) {
            PostgresServer.execute(database, "ANALYZE webhooks_deliveries", "ANALYZE webhooks_events");
        } else {
            PostgresServer.execute(
                    database,
                    "DELETE FROM pg_statistic WHERE starelid IN ('webhooks_deliveries'::regclass,"
                            + " 'webhooks_events'::regclass)");
        }
    }

    /** Ten dead webhooks, ten healthy ones, and the one whose deliveries are due later. */
    private static String claimParameters() {
        List<String> ids = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add("dead" + i);
            room.add(DEAD_ROOM);
            ids.add("healthy" + i);
            room.add(HEALTHY_ROOM);
        }
        ids.add("later");
        room.add(HEALTHY_ROOM);
        return "'{" + String.join(",", ids) + "}', ARRAY" + room + ", 60000000";
    }

    private static String explain(String mode, String types, String sql, String parameters) throws SQLException {
        int[] number = new int[1];
        String numbered = Pattern.compile("\\?").matcher(sql).replaceAll(each -> "\\$" + ++number[0]);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL plan_cache_mode = force_" + mode.toLowerCase(Locale.ROOT) + "_plan");
            statement.execute("PREPARE explained (" + types + ") AS " + numbered);
            StringBuilder plan = new StringBuilder();
            try (ResultSet line =
                    statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS) EXECUTE explained (" + parameters + ")")) {
                while (line.next()) {
                    plan.append(line.getString(1)).append('\n');
                }
            }
            connection.rollback();
            return plan.toString();
        }
    }

    /** How many rows the scans of this index brought, those included that were thrown away again. */
    private static long rowsRead(String plan, String index) {
        long rows = 0;
        boolean scanning = false;
        for (String line : plan.split("\n", -1)) {
            Matcher scan = PLAN_ROWS.matcher(line);
            Matcher removed = REMOVED.matcher(line);
            if (scan.find()) {
                scanning = scan.group(1).equals(index);
                rows += scanning ? Math.round(Double.parseDouble(scan.group(2)) * Long.parseLong(scan.group(3))) : 0;
            } else if (line.contains("->")) {
                scanning = false;
            } else if (scanning && removed.find()) {
                rows += Long.parseLong(removed.group(1));
            }
        }
        return rows;
    }
}
