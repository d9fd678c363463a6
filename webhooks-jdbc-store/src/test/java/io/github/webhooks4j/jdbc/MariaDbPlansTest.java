package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.store.Want;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;

/**
 * What the engine's statements read of a million pending deliveries: ten dead webhooks own 800,000 of them, one has 100,000
 * that are due later, another as many that are due at the same instant, and a hundred healthy ones have ten each. With statistics and
 * with those of the empty tables: the plan must not depend on luck. The server counts the rows that it reads.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class MariaDbPlansTest {
    private static final int DEAD_ROOM = 5;
    private static final int HEALTHY_ROOM = 20;
    private static final int HEALTHY_DUE = 10;
    private static final int LANES = 21;
    private static final int BUDGET = 500;
    private static final int CLAIMED = 10 * DEAD_ROOM + 10 * HEALTHY_DUE;
    private static final int PAGE = 100;
    /** What opening a table or asking for the clock may read. */
    private static final int FEW = 10;

    private static MariaDbDataSource database;
    private static Connection connection;
    private static JdbcDeliveryStore store;

    @BeforeAll
    static void fill() throws SQLException {
        database = MariaDbServer.dataSource(MariaDbServer.shared().newDatabase());
        StoreRows.store(database).open();
        String key = "UNHEX(LPAD(HEX(seq), 32, '0'))";
        MariaDbServer.execute(
                database,
                "ALTER TABLE webhooks_deliveries STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0",
                "ALTER TABLE webhooks_events STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0",
                "ALTER TABLE webhooks_documents STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0",
                "ANALYZE TABLE webhooks_deliveries, webhooks_events, webhooks_documents",
                "INSERT INTO webhooks_events (event_key, tenant, id, type, occurred_at, content_type, is_json, headers, data,"
                        + " created_at, webhooks) SELECT " + key + ", '', CONCAT('e', seq), 'n', UTC_TIMESTAMP(6),"
                        + " 'application/json', TRUE, '{}', '{}', UTC_TIMESTAMP(6), 1 FROM seq_1_to_1001000",
                "INSERT INTO webhooks_deliveries SELECT " + key + ", CONCAT('dead', seq % 10),"
                        + " UTC_TIMESTAMP(6) - INTERVAL seq * 1000 MICROSECOND, UTC_TIMESTAMP(6), 0, 0, 0"
                        + " FROM seq_1_to_800000",
                "INSERT INTO webhooks_deliveries SELECT " + key + ", 'later', UTC_TIMESTAMP(6) + INTERVAL seq SECOND,"
                        + " UTC_TIMESTAMP(6), 0, 0, 0 FROM seq_800001_to_900000",
                "INSERT INTO webhooks_deliveries SELECT " + key + ", 'together', UTC_TIMESTAMP(6) + INTERVAL 1 DAY,"
                        + " UTC_TIMESTAMP(6), 0, 0, 0 FROM seq_900001_to_1000000",
                "INSERT INTO webhooks_deliveries SELECT " + key + ", CONCAT('healthy', seq % 100), UTC_TIMESTAMP(6),"
                        + " UTC_TIMESTAMP(6), 0, 0, 0 FROM seq_1000001_to_1001000",
                "INSERT INTO webhooks_documents SELECT 'WEBHOOK', CONCAT('w', seq), '', 1, 0,"
                        + " UTC_TIMESTAMP(6) - INTERVAL seq SECOND, FALSE, '{}', '{}', '{}' FROM seq_1_to_100000");
    }

    @BeforeEach
    void open() throws SQLException {
        if (connection == null) {
            connection = database.getConnection();
            WatchedDataSource one = new WatchedDataSource(database, each -> {});
            store = StoreRows.store(one);
            store.open();
            one.bind(connection);
        }
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void claimReadsNoMoreThanItClaims(boolean statistics) throws Exception {
        setStatistics(statistics);
        List<Want> wants = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            wants.add(Want.of("dead" + i, DEAD_ROOM));
            wants.add(Want.of("healthy" + (statistics ? 10 + i : i), HEALTHY_ROOM));
        }
        wants.add(Want.of("later", HEALTHY_ROOM));
        List<Claimed> claimed = new ArrayList<>();

        // Each is found in the index, looked up by its key to be leased, and so is its event.
        assertThat(rowsRead(() -> claimed.addAll(
                        store.queue().claim(wants, Duration.ofMinutes(1)).claimed())))
                .isLessThanOrEqualTo(3 * CLAIMED + 4 * LANES + FEW);

        assertThat(claimed).hasSize(CLAIMED);
        List<Outcome> outcomes = claimed.stream()
                .map(each -> new Outcome(each, List.of(), DeliveryState.EXHAUSTED, Duration.ZERO))
                .toList();
        assertThat(rowsRead(() -> store.queue().record(outcomes)))
                .as("to record")
                .isLessThanOrEqualTo(2 * CLAIMED + FEW);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lookForWhatIsDueReadsOneRowOfEachWebhook(boolean statistics) throws Exception {
        setStatistics(statistics);
        List<Map<String, Instant>> due = new ArrayList<>();

        long read = rowsRead(() -> due.add(store.queue().due(20_000)));

        assertThat(read).isLessThanOrEqualTo(3L * due.get(0).size() + FEW);
        assertThat(due.get(0)).containsKeys("dead0", "later", "together", "healthy99");
    }

    /** Of 100,000 deliveries that are held, of which none is to be ended. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepOfASweepReadsNoMoreThanItsBudget(boolean statistics) throws Exception {
        setStatistics(statistics);
        for (Sweep sweep : List.of(
                Sweep.expire("later", Instant.EPOCH),
                Sweep.expire("together", Instant.EPOCH),
                Sweep.cancelStoredBefore("dead1", Instant.EPOCH))) {
            Sweep.Place place = store.queue().sweep(sweep, BUDGET).next().orElseThrow();
            for (int i = 0; i < 3; i++) {
                Sweep from = sweep.after(place);
                List<Swept> swept = new ArrayList<>();
                assertThat(rowsRead(() -> swept.add(store.queue().sweep(from, BUDGET))))
                        .as(sweep.toString())
                        .isBetween((long) BUDGET, 2L * BUDGET + FEW);
                assertThat(swept.get(0).matched()).isZero();
                place = swept.get(0).next().orElseThrow();
            }
        }
    }

    /** Changes are looked for once a second on each node. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lookForChangesReadsWhatChanged(boolean statistics) throws Exception {
        setStatistics(statistics);
        Instant now = store.now();

        assertThat(rowsRead(() -> store.documents().changedSince(now.plusSeconds(86_400))))
                .isLessThanOrEqualTo(FEW);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pageOfDocumentsReadsNoMoreThanItReturns(boolean statistics) throws Exception {
        setStatistics(statistics);
        for (TenantScope scope : List.of(TenantScope.ALL, TenantScope.NONE)) {
            for (String after : List.of("", "w5")) {
                assertThat(rowsRead(() -> store.documents().list(DocumentKind.WEBHOOK, scope, after, PAGE)))
                        .isLessThanOrEqualTo(PAGE + FEW);
            }
        }
    }

    /** As the server knows the tables, or as if they were empty. */
    private static void setStatistics(boolean known) throws SQLException {
        if (known) {
            MariaDbServer.execute(database, "ANALYZE TABLE webhooks_deliveries, webhooks_events, webhooks_documents");
        }
    }

    private static long rowsRead(Callable<?> call) throws Exception {
        long before = handlerReads();
        long ofTheLook = handlerReads() - before;
        call.call();
        return handlerReads() - before - 2 * ofTheLook;
    }

    private static long handlerReads() throws SQLException {
        long reads = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read_%'")) {
            while (row.next()) {
                reads += row.getLong(2);
            }
        }
        return reads;
    }
}
