package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What the engine's statements read of a million pending deliveries: ten dead webhooks own 800,000 of them, one has 100,000
 * that are due later, another as many that are due at the same instant, and a hundred healthy ones have ten each. With statistics and without, planned for the parameters and
 * for any: the plan must not depend on luck.
 */
class PostgresPlansTest {
    private static final Sql SQL = new Sql("public", "webhooks_", new PostgresDialect());
    private static final Pattern PLAN_ROWS =
            Pattern.compile("Index (?:Only )?Scan using (\\S+) .*actual time=\\S+ rows=([0-9.]+) loops=([0-9]+)");
    private static final Pattern BLOCKS = Pattern.compile("(?:hit|read)=([0-9]+)");
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by [^:]*: ([0-9]+)");

    private static final int DEAD_ROOM = 5;
    private static final int HEALTHY_ROOM = 20;
    private static final int HEALTHY_DUE = 10;
    private static final int LANES = 21;
    private static final int BUDGET = 500;
    private static final int STEPS = 4;
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
                        + " '\\x7b7d', now(), 1 FROM filling",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'dead' || n % 10, now() - n * INTERVAL '1 ms', now(), 0,"
                        + " 0, 0 FROM filling WHERE n <= 800000",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'later', now() + n * INTERVAL '1 s', now(), 0, 0, 0"
                        + " FROM filling WHERE n > 800000 AND n <= 900000",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'together', now() + INTERVAL '1 day', now(), 0, 0, 0"
                        + " FROM filling WHERE n > 900000 AND n <= 1000000",
                "INSERT INTO webhooks_deliveries SELECT event_key, 'healthy' || n % 100, now(), now(), 0, 0, 0"
                        + " FROM filling WHERE n > 1000000",
                "DROP TABLE filling",
                "INSERT INTO webhooks_documents SELECT 'WEBHOOK', 'w' || n, '', 1, 0, now() - n * INTERVAL '1 s', FALSE,"
                        + " '{}', '{}', '{}' FROM generate_series(1, 100000) n");
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
        assertThat(rowsRead(plan, "webhooks_deliveries_due")).isEqualTo(10 + 2 + 100);
    }

    /** Of 100,000 deliveries that are held, of which none is to be ended. */
    @ParameterizedTest
    @CsvSource({"false, custom", "false, generic", "true, custom", "true, generic"})
    void pageOfASweepReadsNoMoreThanItsBudget(boolean statistics, String mode) throws SQLException {
        setStatistics(statistics);
        for (String webhookId : List.of("later", "together")) {
            String middle = text("SELECT '''' || next_at || ''', ''' || event_key || '''' FROM webhooks_deliveries"
                    + " WHERE webhook_id = '" + webhookId + "' ORDER BY next_at, event_key OFFSET 50000 LIMIT 1");
            for (String place : List.of("'-infinity', '00000000-0000-0000-0000-000000000000'", middle)) {
                String plan = explain(
                        mode,
                        "bigint, text, timestamptz, uuid, int",
                        SQL.of(ArrayStatements.PAGE),
                        "0, '" + webhookId + "', " + place + ", " + BUDGET,
                        PostgresDialect.IN_ORDER);

                assertThat(rowsRead(plan, "webhooks_deliveries_due")).as(plan).isEqualTo(BUDGET);
                assertThat(plan)
                        .contains("ROW(next_at, event_key) >")
                        .doesNotContain("Seq Scan", "Bitmap", "Sort", "Rows Removed");
                assertThat(blocksRead(plan)).as(plan).isLessThan(2L * BUDGET);
            }
        }
    }

    /** How many blocks the whole statement looked at. */
    private static long blocksRead(String plan) {
        Matcher blocks = BLOCKS.matcher(plan.substring(plan.indexOf("Buffers: shared"), plan.indexOf("\n  ->")));
        long sum = 0;
        while (blocks.find()) {
            sum += Long.parseLong(blocks.group(1));
        }
        return sum;
    }

    /** Whole steps, as the store takes them: what it fetched by any index, of deliveries and events together. */
    @Test
    void sweepThatFindsNothingReadsNoMoreRowsAStepThanItsBudget() throws SQLException {
        setStatistics(false);
        JdbcDeliveryStore store = StoreRows.store(database);
        store.open();
        List<Sweep> sweeps = List.of(
                Sweep.expire("later", Instant.EPOCH),
                Sweep.cancelStoredBefore("together", Instant.EPOCH),
                Sweep.cancelStoredBefore("dead1", Instant.EPOCH));
        for (Sweep sweep : sweeps) {
            Sweep.Place place = store.queue().sweep(sweep, BUDGET).next().orElseThrow();
            long before = rowsFetched();
            for (int i = 0; i < STEPS; i++) {
                Swept swept = store.queue().sweep(sweep.after(place), BUDGET);
                assertThat(swept.matched()).isZero();
                place = swept.next().orElseThrow();
            }
            assertThat(rowsFetched() - before)
                    .as(sweep.toString())
                    .isBetween((long) STEPS * BUDGET, STEPS * (2L * BUDGET + 2));
        }
    }

    private static long rowsFetched() throws SQLException {
        return Long.parseLong(text("SELECT SUM(seq_tup_read) + SUM(idx_tup_fetch) FROM pg_stat_user_tables"
                + " WHERE relname IN ('webhooks_deliveries', 'webhooks_events')"));
    }

    private static String text(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_stat_force_next_flush()");
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Changes are looked for once a second on each node. */
    @ParameterizedTest
    @CsvSource({"false, custom", "false, generic", "true, custom", "true, generic"})
    void lookForChangesReadsWhatChanged(boolean statistics, String mode) throws SQLException {
        setStatistics(statistics);
        String sql = SQL.of(DocumentRows.CHANGED);

        String none = explain(mode, "bigint, timestamptz", sql, "0, now() + INTERVAL '1 day'");
        String some = explain(mode, "bigint, timestamptz", sql, "0, now() - INTERVAL '2.5 s'");

        assertThat(none).containsPattern("^Nested Loop Left Join .*actual time=\\S+ rows=1(\\.00)? ");
        assertThat(some).containsPattern("^Nested Loop Left Join .*actual time=\\S+ rows=[0-3](\\.00)? ");
        assertThat(none + some).contains("webhooks_documents_changed").doesNotContain("Seq Scan", "Rows Removed");
    }

    /** As the planner knows the tables, or as if it had never seen them. */
    private static void setStatistics(boolean known) throws SQLException {
        if (known) {
            PostgresServer.execute(
                    database, "ANALYZE webhooks_deliveries", "ANALYZE webhooks_events", "ANALYZE webhooks_documents");
        } else {
            PostgresServer.execute(
                    database,
                    "DELETE FROM pg_statistic WHERE starelid IN ('webhooks_deliveries'::regclass,"
                            + " 'webhooks_events'::regclass, 'webhooks_documents'::regclass)");
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

    private static String explain(String mode, String types, String sql, String parameters, String... settings)
            throws SQLException {
        int[] number = new int[1];
        String numbered = Pattern.compile("\\?").matcher(sql).replaceAll(each -> "\\$" + ++number[0]);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            new PostgresDialect().prepareStatements(connection, true); // as in each transaction of the store
            for (String each : settings) {
                statement.execute(each);
            }
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
