package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Outcomes;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.store.Want;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;

/** What is particular to MariaDB: its settings, its schema, its locks, its errors. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class MariaDbDialectTest {
    private static final int FITS = 16 << 20;
    private static final Pattern GRANT = Pattern.compile("GRANT [A-Z, ]+ ON [\\w.`]+ TO [^;]+");

    private String url;
    private MariaDbDataSource database;

    @BeforeEach
    void create() throws SQLException {
        url = MariaDbServer.shared().newDatabase();
        database = MariaDbServer.dataSource(url);
    }

    private static JdbcDeliveryStore opened(DataSource dataSource) {
        JdbcDeliveryStore store = StoreRows.store(dataSource);
        store.open();
        return store;
    }

    private List<String> warnings(String parameters) throws SQLException {
        try (Connection connection = MariaDbServer.dataSource(url + parameters).getConnection()) {
            return new MariaDbDialect(false).check(connection);
        }
    }

    // ---- settings

    @Test
    void warnsOfADriverThatMayHangForEver() throws SQLException {
        assertThat(warnings("")).singleElement().asString().contains("socketTimeout=30000");
        assertThat(warnings("&socketTimeout=30000")).isEmpty();
    }

    @Test
    void warnsOfValuesThatAreCut() throws SQLException {
        assertThat(warnings("&socketTimeout=30000&sessionVariables=sql_mode=''"))
                .singleElement()
                .asString()
                .contains("add STRICT_TRANS_TABLES");
    }

    @Test
    void modeWithoutEmptyTextIsRefused() {
        DataSource careless =
                MariaDbServer.dataSource(url + "&sessionVariables=sql_mode='STRICT_TRANS_TABLES,EMPTY_STRING_IS_NULL'");

        assertThatThrownBy(() -> opened(careless))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("EMPTY_STRING_IS_NULL");
    }

    @Test
    void saysThatMySqlIsNotTested() throws SQLException {
        try (Connection connection =
                MariaDbServer.dataSource(url + "&socketTimeout=30000").getConnection()) {
            assertThat(new MariaDbDialect(true).check(connection))
                    .containsExactly("the store is not tested on MySQL; use MariaDB" + " where you can");
        }
    }

    // ---- schema

    @Test
    void joinOnAConnectionWithAnotherDatabaseStoresInTheStoresOwn() throws Exception {
        JdbcDeliveryStore store = opened(database);
        String other = MariaDbServer.shared().newDatabase().replaceFirst(".*/(\\w+).*", "$1");
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("USE " + other);
            store.join(connection, () -> store.queue().insert(List.of(StoreRows.event("1", "a"))));
            connection.commit();
        }

        assertThat(store.queue().due(10)).containsOnlyKeys("a");
    }

    @Test
    void schemaIsADatabaseOfAnyName() throws Exception {
        MariaDbServer.shared().newDatabase("Our own-" + url.hashCode());
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(database)
                .schema("Our own-" + url.hashCode())
                .build();
        store.open();
        store.queue().insert(List.of(StoreRows.event("1", "a")));

        assertThat(text("SELECT COUNT(*) FROM `Our own-" + url.hashCode() + "`.webhooks_events"))
                .isEqualTo("1");
    }

    @Test
    void schemaThatDoesNotExistIsNamed() {
        assertThatThrownBy(JdbcDeliveryStore.builder(database).schema("app").build()::open)
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("the database has no schema \"app\"");
        assertThatThrownBy(() -> opened(MariaDbServer.dataSource(url.replaceFirst("/db\\d+", "/"))))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("the search path of the database user leads to no schema");
    }

    @Test
    void missingTableIsNamedWithItsSchema() throws Exception {
        JdbcDeliveryStore store = opened(database);
        MariaDbServer.execute(database, "DROP TABLE webhooks_documents");

        assertThatThrownBy(() -> StoreRows.find(store, "a"))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("could not find a webhook: table webhooks_documents is missing in schema `db");
    }

    @Test
    void everyIndexIsMissedAndMendedByTheStatement() throws Exception {
        opened(database);
        List<String> drops = texts("SELECT DISTINCT CONCAT('ALTER TABLE ', TABLE_NAME, ' DROP ',"
                + " IF(INDEX_NAME = 'PRIMARY', 'PRIMARY KEY', CONCAT('INDEX ', INDEX_NAME)))"
                + " FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = DATABASE()");
        assertThat(drops).hasSize(17).contains("ALTER TABLE webhooks_deliveries DROP INDEX webhooks_deliveries_due");

        for (String drop : drops) {
            MariaDbServer.execute(database, drop);
            StoreException refused = catchThrowableOfType(StoreException.class, () -> opened(database));
            assertThat(refused).hasMessageStartingWith("the tables of webhooks4j lack indexes: webhooks_");
            MariaDbServer.execute(database, refused.getMessage().replaceFirst(".*run, as their owner: ", ""));
            assertThatCode(JdbcDeliveryStore.builder(database)
                            .createSchema(false)
                            .build()::open)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void everyColumnIsMissedAndMendedByTheStatement() throws Exception {
        opened(database);
        List<String> columns = texts(
                "SELECT CONCAT(TABLE_NAME, ' ', COLUMN_NAME) FROM INFORMATION_SCHEMA.COLUMNS"
                        + " WHERE TABLE_SCHEMA = DATABASE() AND (TABLE_NAME, COLUMN_NAME) NOT IN"
                        + " (SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA = DATABASE())");
        assertThat(columns).hasSizeGreaterThan(50);
        String[] drops = columns.stream()
                .map(column -> column.split(" ", 2))
                .map(names -> "ALTER TABLE " + names[0] + " DROP COLUMN " + names[1])
                .toArray(String[]::new);
        MariaDbServer.execute(database, drops);

        for (int i = 0; i < 10; i++) {
            try {
                JdbcDeliveryStore.builder(database).createSchema(false).build().open();
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("lacks columns: ");
                MariaDbServer.execute(
                        database,
                        e.getMessage().replaceFirst(".*run, as its owner: ", "").split("; ", -1));
            }
        }
        assertThatCode(JdbcDeliveryStore.builder(database).createSchema(false).build()::open)
                .doesNotThrowAnyException();
    }

    @Test
    void fileMayBeRunByHandAndAgain() throws Exception {
        String file;
        try (InputStream in = JdbcDeliveryStore.class.getResourceAsStream("mariadb/V1__webhooks.sql")) {
            file = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("${prefix}", "webhooks_");
        }
        DataSource several = MariaDbServer.dataSource(url + "&allowMultiQueries=true");
        MariaDbServer.execute(several, file, file);

        assertThatCode(JdbcDeliveryStore.builder(database).createSchema(false).build()::open)
                .doesNotThrowAnyException();
    }

    @RepeatedTest(5)
    void manyStoresMayOpenAnEmptyDatabaseAtOnce() throws Exception {
        int nodes = 6;
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            CyclicBarrier start = new CyclicBarrier(nodes);
            List<Future<?>> opened = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                opened.add(threads.submit(() -> {
                    start.await();
                    opened(database);
                    return null;
                }));
            }
            for (Future<?> each : opened) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- rights

    @Test
    void missingRightsOnTablesAreNamedAsStatementsAndSufficeWhenTheyAreRun() throws Exception {
        opened(database);
        String name = text("SELECT DATABASE()");
        String user = "app_" + name;
        MariaDbServer.execute(
                database,
                "CREATE USER " + user + "@'127.0.0.1'",
                "GRANT SELECT ON " + name + ".* TO " + user + "@'127.0.0.1'",
                "GRANT INSERT ON webhooks_events TO " + user + "@'127.0.0.1'");
        JdbcDeliveryStore store = StoreRows.store(MariaDbServer.dataSource(url.replace("user=root", "user=" + user)));

        StoreException refused = catchThrowableOfType(StoreException.class, store::open);

        assertThat(refused)
                .hasMessageContaining("the database user lacks privileges on the tables of webhooks4j")
                .hasMessageContaining("GRANT INSERT, UPDATE, DELETE ON `" + name + "`.webhooks_deliveries TO '" + user
                        + "'@'127.0.0.1'")
                .hasMessageContaining(
                        "GRANT UPDATE, DELETE ON `" + name + "`.webhooks_events TO '" + user + "'@'127.0.0.1'");

        String[] grants = GRANT.matcher(String.valueOf(refused.getMessage()))
                .results()
                .map(MatchResult::group)
                .toArray(String[]::new);
        MariaDbServer.execute(database, grants);
        store.open();
        assertThat(store.queue().insert(List.of(StoreRows.event("1", "a")))).hasSize(1);
        assertThat(store.queue().insert(List.of(StoreRows.event("1", "a")))).isEmpty();
        assertThat(store.queue()
                        .claim(List.of(Want.of("a", 1)), Duration.ofMinutes(1))
                        .claimed())
                .hasSize(1);
        assertThat(store.history().expunge(TenantScope.NONE, "1").orElseThrow()).hasSize(1);
        assertThat(store.history()
                        .forgetEvents(StoreRows.LATER, Optional.empty(), 10)
                        .done())
                .isEqualTo(1);
        assertThat(store.history()
                        .forgetDeliveries(StoreRows.LATER, Optional.empty(), 10)
                        .done())
                .isEqualTo(1);
    }

    @Test
    void userWhoMayNotCreateTablesIsToldSo() throws Exception {
        String name = text("SELECT DATABASE()");
        String user = "poor_" + name;
        MariaDbServer.execute(
                database,
                "CREATE USER " + user + "@'127.0.0.1'",
                "GRANT SELECT ON " + name + ".* TO " + user + "@'127.0.0.1'");

        StoreException refused = catchThrowableOfType(
                StoreException.class, () -> opened(MariaDbServer.dataSource(url.replace("user=root", "user=" + user))));

        assertThat(refused)
                .hasMessageContaining("could not create the tables")
                .hasMessageContaining(
                        "the database user lacks a privilege on table `" + name + "`.`webhooks_schema_version`")
                .hasMessageContaining("createSchema(false)");
    }

    // ---- trouble

    @Test
    void idThatAnotherTransactionHoldsIsNotWaitedForLong() throws Exception {
        JdbcDeliveryStore store = opened(database);
        try (Connection holding = database.getConnection()) {
            holding.setAutoCommit(false);
            store.join(holding, () -> store.queue().insert(List.of(StoreRows.event("held", "a"))));

            StoreException e = catchThrowableOfType(
                    StoreException.class, () -> store.queue().insert(List.of(StoreRows.event("held", "a"))));

            assertThat(e).hasMessageContaining("another transaction held a lock for too long");
            assertThat(e.isUnavailable()).isTrue();
            assertThat(store.queue().insert(List.of(StoreRows.event("free", "a"))))
                    .hasSize(1);
        }
    }

    /** Its transaction sees the database as it was when it began, and not the event that is in the way. */
    @ParameterizedTest
    @ValueSource(strings = {"REPEATABLE READ", "READ COMMITTED", "SERIALIZABLE"})
    void idThatWasStoredSinceTheTransactionOfTheCallerBeganIsADuplicate(String isolation) throws Exception {
        JdbcDeliveryStore store = opened(database);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL " + isolation);
            connection.setAutoCommit(false);
            statement.executeQuery("SELECT 1 FROM INFORMATION_SCHEMA.SCHEMATA").close();
            statement.executeQuery("SELECT COUNT(*) FROM webhooks_rates").close(); // it begins
            store.queue().insert(List.of(StoreRows.event("1", "a")));

            assertThat(store.join(
                            connection,
                            () -> store.queue().insert(List.of(StoreRows.event("1", "a"), StoreRows.event("2", "a")))))
                    .hasSize(1);
            connection.commit();
        }
        assertThat(text("SELECT COUNT(*) FROM webhooks_deliveries")).isEqualTo("2");
    }

    /** Not even where the transactions of the host are REPEATABLE READ, in which a claim would lock the gaps between rows. */
    @Test
    void insertIsNeverBlockedByAClaim() throws Exception {
        JdbcDeliveryStore store = opened(database);
        store.queue().insert(List.of(StoreRows.event("1", "a"), StoreRows.event("2", "b")));
        try (Connection claiming = database.getConnection()) {
            claiming.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            claiming.setAutoCommit(false);
            Sql sql = new Sql("`" + claiming.getCatalog() + "`", "webhooks_", new MariaDbDialect(false));
            assertThat(new ShortStatements(sql, new MariaDbDialect(false))
                            .claim(claiming, Map.of("a", 10, "b", 10, "c", 10), Duration.ofMinutes(1)))
                    .hasSize(2);

            for (String webhook : List.of("a", "b", "c", "0", "z")) { // while the claim is open
                assertThat(store.queue().insert(List.of(StoreRows.event("new for " + webhook, webhook))))
                        .hasSize(1);
            }
            assertThat(store.queue()
                            .claim(List.of(Want.of("a", 10), Want.of("b", 10)), Duration.ofMinutes(1))
                            .claimed())
                    .as("what is locked is left out")
                    .hasSize(2);
            claiming.rollback();
        }
    }

    @Test
    void deadlockIsRepeatedAndNobodySeesIt() throws Exception {
        JdbcDeliveryStore store = opened(database);
        store.queue().insert(List.of(StoreRows.event("1", "a"), StoreRows.event("2", "a")));
        List<Claimed> claimed = store.queue().claim(List.of(Want.of("a", 2)), Duration.ofMinutes(1)).claimed().stream()
                .sorted(Comparator.comparing(Claimed::claim, DeliveryRows.BY_KEY))
                .toList();
        List<Claim> claims = claimed.stream().map(Claimed::claim).toList();
        String deadlocks = "SELECT VARIABLE_VALUE FROM INFORMATION_SCHEMA.GLOBAL_STATUS"
                + " WHERE VARIABLE_NAME = 'INNODB_DEADLOCKS'";
        long before = Long.parseLong(text(deadlocks));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = database.getConnection()) {
            other.setAutoCommit(false);
            Sql sql = new Sql("`" + other.getCatalog() + "`", "webhooks_", new MariaDbDialect(false));
            DeliveryRows rows = new DeliveryRows(sql);
            execute(
                    other,
                    "INSERT INTO webhooks_rates SELECT seq, UTC_TIMESTAMP(6) FROM seq_1_to_1000"); // the heavier one
            // stays
            assertThat(rows.start(other, claims.get(1), Duration.ofMinutes(1))).isTrue();
            Future<Set<Claim>> recorded = thread.submit(() -> store.queue()
                    .record(claimed.stream()
                            .map(each -> new Outcome(each, List.of(), DeliveryState.EXHAUSTED, Duration.ZERO))
                            .toList()));
            awaitWaitFor(other);

            assertThat(rows.start(other, claims.get(0), Duration.ofMinutes(1))).isTrue(); // the circle
            other.rollback();

            assertThat(recorded.get()).containsExactlyInAnyOrderElementsOf(claims);
        } finally {
            thread.shutdownNow();
        }
        assertThat(Long.parseLong(text(deadlocks))).isGreaterThan(before);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        return Dialect.text(connection, sql).orElseThrow();
    }

    /** A deadlock undoes what was acknowledged before, and the connection goes on as if nothing were. */
    @Test
    void workThatSwallowsADeadlockIsNotCommittedInPart() throws Exception {
        JdbcDeliveryStore store = opened(database);
        MariaDbServer.execute(
                database, "CREATE TABLE host (id INT PRIMARY KEY, n INT)", "INSERT INTO host VALUES (1, 0), (2, 0)");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = database.getConnection()) {
            other.setAutoCommit(false);
            execute(
                    other,
                    "INSERT INTO webhooks_rates SELECT seq, UTC_TIMESTAMP(6) FROM seq_1_to_1000"); // the heavier one
            // stays
            store.join(other, () -> store.queue().insert(List.of(StoreRows.event("held", "a"))));
            Future<?> circle = thread.submit(() -> {
                awaitWaitFor(other);
                execute(other, "UPDATE host SET n = n + 1 WHERE id = 1");
                return null;
            });

            SQLException refused = catchThrowableOfType(
                    SQLException.class,
                    () -> store.inTransaction(connection -> {
                        execute(connection, "UPDATE host SET n = n + 1 WHERE id = 1");
                        store.queue().insert(List.of(StoreRows.event("acknowledged", "a")));
                        assertThatThrownBy(() -> store.queue().insert(List.of(StoreRows.event("held", "a"))))
                                .isInstanceOf(StoreException.class)
                                .hasMessageContaining("it met other transactions and must be repeated");
                        assertThatThrownBy(() -> store.queue().insert(List.of(StoreRows.event("afterwards", "a"))))
                                .isInstanceOf(StoreException.class);
                        return null;
                    }));

            circle.get();
            other.rollback();
            assertThat(refused.getSQLState()).isEqualTo("40001");
            assertThat(refused.getMessage()).contains("roll it back and repeat it");
            assertThat(text("SELECT COUNT(*) FROM webhooks_events")).isEqualTo("0");
        } finally {
            thread.shutdownNow();
        }
    }

    private void awaitWaitFor(Connection holder) throws SQLException {
        String id = text(holder, "SELECT CONNECTION_ID()");
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !texts("SELECT 1 FROM INFORMATION_SCHEMA.INNODB_LOCK_WAITS w JOIN"
                                + " INFORMATION_SCHEMA.INNODB_TRX t ON t.trx_id = w.blocking_trx_id"
                                + " WHERE t.trx_mysql_thread_id = " + id)
                        .isEmpty());
    }

    /** Also after a call that touched no table. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ownTransactionsAreReadCommittedAndLeaveTheIsolationOfTheHostAsItWas(boolean autoCommit) throws Exception {
        JdbcDeliveryStore store = opened(database);
        Sql sql = new Sql("`" + text("SELECT DATABASE()") + "`", "webhooks_", new MariaDbDialect(false));
        try (Connection connection = database.getConnection()) {
            WatchedDataSource one = new WatchedDataSource(database, each -> {});
            one.bind(connection);
            connection.setAutoCommit(autoCommit);
            Transactions own = new Transactions(new Connections(one, UnseenTransactions.of(one), autoCommit), sql);

            assertThat(own.<String>write("look", MariaDbDialectTest::isolationOf))
                    .isEqualTo("READ COMMITTED");
            own.read("read the clock", new MariaDbDialect(false)::now);

            connection.setAutoCommit(false);
            assertThat(isolationOf(connection)).isEqualTo("REPEATABLE READ");
            connection.rollback();
        }
        assertThat(store.queue().due(1)).isEmpty();
    }

    /** Of the transaction that a connection is in; the server shows it a moment late. */
    private static String isolationOf(Connection connection) throws SQLException {
        execute(connection, "INSERT INTO webhooks_rates VALUES ('isolation', UTC_TIMESTAMP(6))");
        String found = await().atMost(Duration.ofMinutes(2))
                .until(
                        () -> Dialect.text(
                                        connection,
                                        "SELECT trx_isolation_level FROM INFORMATION_SCHEMA.INNODB_TRX"
                                                + " WHERE trx_mysql_thread_id = CONNECTION_ID()")
                                .orElse(""),
                        level -> !level.isEmpty());
        execute(connection, "DELETE FROM webhooks_rates WHERE webhook_id = 'isolation'");
        return found;
    }

    /** In REPEATABLE READ, the default, an update of a row that is not there would lock the gap. */
    @Test
    void openTransactionOfACallerThatRegistersAndRemovesHoldsUpNobodyElse() throws Exception {
        JdbcDeliveryStore store = opened(database);
        StoreRows.save(store, StoreRows.webhook("old"));
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            store.join(connection, () -> {
                assertThat(StoreRows.save(store, StoreRows.webhook("m"))).isPresent();
                return store.documents().remove(DocumentKind.WEBHOOK, "old", List.of());
            });

            assertThat(StoreRows.save(store, StoreRows.webhook("n"))).isPresent();
            assertThat(StoreRows.save(store, StoreRows.webhook("a"))).isPresent();
            Want limited = Want.within(RateLimit.of(10, Duration.ofSeconds(1)), Duration.ofSeconds(1), "limited", 1);
            assertThat(store.queue()
                            .claim(List.of(limited), Duration.ofMinutes(1))
                            .claimed())
                    .isEmpty();
            connection.rollback();
        }
    }

    @Test
    void readOnlyServerIsUnavailableAndSaysSo() throws Exception {
        JdbcDeliveryStore store = opened(database);
        MariaDbDataSource reader = MariaDbServer.dataSource(url + "&sessionVariables=tx_read_only=1");
        JdbcDeliveryStore reading =
                JdbcDeliveryStore.builder(reader).createSchema(false).build();
        reading.open();

        StoreException e = catchThrowableOfType(
                StoreException.class, () -> reading.queue().insert(List.of(StoreRows.event("1", "a"))));

        assertThat(e).hasMessageContaining("could not store 1 event(s)").hasMessageContaining("is read-only");
        assertThat(e.isUnavailable()).isTrue();
        assertThat(store.queue().due(1)).isEmpty();
    }

    @Test
    void errorsShowNoValues() throws Exception {
        JdbcDeliveryStore store = opened(database);
        MariaDbServer.execute(
                database, "ALTER TABLE webhooks_documents ADD CONSTRAINT host_rule CHECK (kind <> 'WEBHOOK')");

        StoreException e =
                catchThrowableOfType(StoreException.class, () -> StoreRows.save(store, StoreRows.webhook("a")));

        java.io.StringWriter trace = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("geheim").contains("4025");
    }

    @Test
    void largestEventsAreStoredTogetherAndComeBack() throws Exception {
        JdbcDeliveryStore store = opened(database);
        byte[] data = new byte[FITS];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }
        List<NewEvent> events = List.of(event("1", data), event("2", data), event("3", new byte[] {1}));

        assertThat(store.queue().insert(events)).hasSize(3);

        assertThat(store.queue()
                        .claim(List.of(Want.of("a", 3)), Duration.ofMinutes(1))
                        .claimed())
                .extracting(each -> each.event().data())
                .containsExactlyInAnyOrder(data, data, new byte[] {1});
    }

    private static NewEvent event(String id, byte[] data) {
        NewEvent small = StoreRows.event(id, "a");
        StoredEvent event = small.event();
        return new NewEvent(
                new StoredEvent(
                        event.key(), id, event.tenant(), event.type(), event.timestamp(), "a/b", false, Map.of(), data),
                small.deliveries());
    }

    @Test
    void textOfEveryPlaneIsKept() throws Exception {
        JdbcDeliveryStore store = opened(database);
        StringBuilder planes = new StringBuilder();
        for (int plane = 0; plane <= 16; plane++) {
            planes.appendCodePoint((plane << 16) + 0xF00D);
        }
        String text = planes.toString();
        StoreRows.save(store, Document.of(DocumentKind.WEBHOOK, text, Optional.of(text), 0, text, Map.of(text, text)));
        store.queue().insert(List.of(StoreRows.event(text, text)));
        Claimed claimed = store.queue()
                .claim(List.of(Want.of(text, 1)), Duration.ofMinutes(1))
                .claimed()
                .get(0);
        Attempt attempt = new Attempt(
                1, Instant.EPOCH, Duration.ZERO, OptionalInt.of(200), Optional.empty(), Optional.empty(), text, false);
        store.queue().record(List.of(Outcomes.of(claimed, List.of(attempt), DeliveryState.DELIVERED, Duration.ZERO)));

        Document found = StoreRows.find(store, text).orElseThrow();
        assertThat(found.settings()).isEqualTo(text);
        assertThat(found.tenant()).contains(text);
        assertThat(found.secrets()).isEqualTo(Map.of(text, text));
        assertThat(claimed.event().id()).isEqualTo(text);
        assertThat(Histories.attempts(store, Optional.empty(), text, text)).containsExactly(attempt);
    }

    @ParameterizedTest
    @CsvSource({"q, Q", "a, 'a '", "ss, \u00df", "e\u0301, \u00e9", "\uD83D\uDE00, \uD83D\uDE01", "\uFFFD, \uD83D\uDE00"
    })
    void idsThatCollationsTakeForEqualAreTwo(String one, String other) throws Exception {
        JdbcDeliveryStore store = opened(database);

        assertThat(store.queue().insert(List.of(StoreRows.event(one, one), StoreRows.event(other, other))))
                .hasSize(2);
        assertThat(store.queue().due(10)).containsOnlyKeys(one, other);
    }

    private String text(String sql) throws SQLException {
        return texts(sql).get(0);
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }
}
