package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What is particular to PostgreSQL: its settings, its schema, its locks. */
class PostgresDialectTest {
    private final PostgresServer server = PostgresServer.shared(PostgresServer.Version.NEWEST);
    private PGSimpleDataSource database;

    @BeforeEach
    void create() throws SQLException {
        database = PostgresServer.dataSource(server.newDatabase());
    }

    private static JdbcDeliveryStore opened(DataSource dataSource) {
        JdbcDeliveryStore store = StoreRows.store(dataSource);
        store.open();
        return store;
    }

    private List<String> warnings() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return new PostgresDialect().check(connection);
        }
    }

    // ---- settings

    @Test
    void warnsOfADriverThatMayHangForEver() throws SQLException {
        database.setOptions("-c synchronous_commit=on");
        assertThat(warnings()).singleElement().asString().contains("socketTimeout=30");

        database.setSocketTimeout(30);
        assertThat(warnings()).isEmpty();
    }

    @Test
    void warnsOfCommitsThatAreLostInACrash() throws SQLException {
        database.setSocketTimeout(30);
        database.setOptions("-c synchronous_commit=off");
        assertThat(warnings()).singleElement().asString().contains("synchronous_commit is off");

        database.setOptions("-c synchronous_commit=local");
        assertThat(warnings()).isEmpty();
    }

    @Test
    void encodingThatCannotKeepEveryEventIsRefused() throws SQLException {
        DataSource latin =
                PostgresServer.dataSource(server.newDatabase("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"));

        assertThatThrownBy(() -> opened(latin))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("LATIN1")
                .hasMessageContaining("ENCODING 'UTF8'");
    }

    // ---- a pooler between

    /** What the driver of PostgreSQL offers. */
    public interface Driver extends Connection {
        int getPrepareThreshold();

        int getBackendPID();
    }

    /** A pooler tells the driver a process that the server does not have. */
    private List<String> warningsBehindAPooler(int prepareThreshold) throws SQLException {
        database.setOptions("-c synchronous_commit=on");
        database.setSocketTimeout(30);
        try (Connection connection = database.getConnection()) {
            Driver pooled = (Driver) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {Driver.class},
                    (proxy, method, args) -> switch (method.getName()) {
                        case "getPrepareThreshold" -> prepareThreshold;
                        case "getBackendPID" -> 1;
                        case "unwrap" -> proxy;
                        default -> method.invoke(connection, args);
                    });
            return new PostgresDialect().check(pooled);
        }
    }

    @Test
    void warnsOfAPoolerUnlessTheDriverPreparesNothing() throws SQLException {
        assertThat(warningsBehindAPooler(5))
                .singleElement()
                .asString()
                .contains("PgBouncer", "add prepareThreshold=0 to the JDBC URL");
        assertThat(warningsBehindAPooler(0)).isEmpty();
    }

    @Test
    void mixedUpPreparedStatementsAreUnavailableAndNameTheSetting() {
        for (String state : List.of("26000", "42P05", "08P01")) {
            StoreException e = Transactions.failure("look for changes", new SQLException("prepared statement", state));

            assertThat(e).hasMessageContaining("set prepareThreshold=0 in the JDBC URL");
            assertThat(e.isUnavailable()).isTrue();
        }
    }

    // ---- schema

    @Test
    void joinOnAConnectionWithAnotherSearchPathStoresInTheStoresOwn() throws Exception {
        JdbcDeliveryStore store = opened(database);
        PostgresServer.execute(database, "CREATE SCHEMA tenant2");
        JdbcDeliveryStore theirs =
                JdbcDeliveryStore.builder(database).schema("Tenant2").build();
        theirs.open();
        for (String path : List.of("tenant2", "tenant2,public", "nowhere")) {
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                connection.createStatement().execute("SET search_path TO " + path);
                store.join(connection, () -> store.queue().insert(List.of(StoreRows.event(path, "of " + path))));
                connection.commit();
            }
        }

        assertThat(store.queue().due(10)).containsOnlyKeys("of tenant2", "of tenant2,public", "of nowhere");
        assertThat(theirs.queue().due(10)).isEmpty();
    }

    @Test
    void tablesAreFoundWhereTheSearchPathLeadsAndNoLongerLookedForThen() throws Exception {
        PostgresServer.execute(database, "CREATE SCHEMA \"Our own\"");
        JdbcDeliveryStore.builder(database).schema("Our own").build().open();
        PGSimpleDataSource other = PostgresServer.dataSource(database.getURL());
        other.setUser(database.getUser());
        other.setCurrentSchema("public,\"Our own\"");
        JdbcDeliveryStore store =
                JdbcDeliveryStore.builder(other).createSchema(false).build();
        store.open();
        PostgresServer.execute(
                database, "CREATE TABLE webhooks_events (id INT)"); // in public, so that it is found first

        assertThat(store.queue().insert(List.of(StoreRows.event("1", "a")))).hasSize(1);
        assertThat(text("SELECT COUNT(*) FROM \"Our own\".webhooks_events")).isEqualTo("1");
    }

    @Test
    void missingTableIsNamedWithItsSchema() throws Exception {
        JdbcDeliveryStore store = opened(database);
        PostgresServer.execute(database, "DROP TABLE webhooks_documents");

        assertThatThrownBy(() -> StoreRows.find(store, "a"))
                .isInstanceOf(StoreException.class)
                .hasMessage(
                        "could not find a webhook: table webhooks_documents is missing in schema public (SQLState 42P01,"
                                + " vendor code 0)");
    }

    @Test
    void schemaThatDoesNotExistIsNamed() {
        assertThatThrownBy(JdbcDeliveryStore.builder(database).schema("app").build()::open)
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("the database has no schema \"app\"");
        database.setCurrentSchema("nowhere");
        assertThatThrownBy(() -> opened(database))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("the search path of the database user leads to no schema");
    }

    @Test
    void everyIndexIsMissedAndMendedByTheStatement() throws Exception {
        opened(database);
        List<String> drops = List.of(text("SELECT string_agg(CASE WHEN i.indisprimary"
                        + " THEN format('ALTER TABLE %s DROP CONSTRAINT %s', i.indrelid::regclass, c.relname)"
                        + " ELSE 'DROP INDEX ' || c.relname END, ';') FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                        + " WHERE c.relname LIKE 'webhooks\\_%'")
                .split(";"));
        assertThat(drops).hasSize(18).contains("DROP INDEX webhooks_deliveries_due");

        for (String drop : drops) {
            PostgresServer.execute(database, drop);
            mend("the tables of webhooks4j lack indexes: webhooks_");
        }
    }

    @Test
    void indexThatCannotBeUsedIsMadeAnew() throws Exception {
        opened(database);
        PostgresServer.execute(
                database,
                "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'webhooks_deliveries_due'::regclass");

        mend("the tables of webhooks4j lack indexes: webhooks_deliveries_due; run, as their owner: DROP INDEX"
                + " public.webhooks_deliveries_due; CREATE INDEX webhooks_deliveries_due ON public.webhooks_deliveries"
                + " (webhook_id, next_at, event_key)");
    }

    private void mend(String refusal) throws SQLException {
        StoreException refused = catchThrowableOfType(StoreException.class, () -> opened(database));
        assertThat(refused).hasMessageStartingWith(refusal);
        PostgresServer.execute(database, refused.getMessage().replaceFirst(".*run, as their owner: ", ""));
        assertThatCode(JdbcDeliveryStore.builder(database).createSchema(false).build()::open)
                .doesNotThrowAnyException();
    }

    @Test
    void fileMayBeRunByHandAndAgain() throws Exception {
        String file;
        try (InputStream in = JdbcDeliveryStore.class.getResourceAsStream("postgresql/V1__webhooks.sql")) {
            file = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("${prefix}", "webhooks_");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        PostgresServer.execute(database, file, file);

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

    @Test
    void tableOfTheUnfinishedIsVacuumedByTheNumberOfItsDeadRows() throws SQLException {
        opened(database);

        assertThat(text("SELECT reloptions::text FROM pg_class WHERE relname = 'webhooks_deliveries'"))
                .contains("autovacuum_vacuum_scale_factor=0.01", "autovacuum_vacuum_cost_delay=0");
    }

    // ---- trouble

    @Test
    void readOnlyDatabaseIsUnavailableAndSaysSo() {
        opened(database);
        database.setOptions("-c default_transaction_read_only=on");
        JdbcDeliveryStore store =
                JdbcDeliveryStore.builder(database).createSchema(false).build();
        store.open();

        StoreException e = catchThrowableOfType(
                StoreException.class, () -> store.queue().insert(List.of(StoreRows.event("1", "a"))));

        assertThat(e).hasMessageContaining("could not store 1 event(s)").hasMessageContaining("is read-only");
        assertThat(e.isUnavailable()).isTrue();
    }

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

    @Test
    void lockTimeoutOfTheHostIsLeftAsItWas() throws Exception {
        try (Connection connection = database.getConnection()) {
            JdbcDeliveryStore store = opened(database);
            connection.setAutoCommit(false);
            store.join(connection, () -> store.queue().insert(List.of(StoreRows.event("1", "a"))));
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW lock_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("0");
            }
        }
    }

    @Test
    void constraintThatFailsAtTheCommitIsNoUnknownCommit() throws Exception {
        JdbcDeliveryStore store = opened(database);
        PostgresServer.execute(
                database,
                "CREATE TABLE parents (id INT PRIMARY KEY)",
                "CREATE TABLE children (parent INT REFERENCES parents DEFERRABLE INITIALLY DEFERRED)");

        SQLException e = catchThrowableOfType(
                SQLException.class,
                () -> store.inTransaction(connection -> {
                    store.queue().insert(List.of(StoreRows.event("1", "a")));
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("INSERT INTO children VALUES (1)");
                    }
                    return null;
                }));

        assertThat(e.getSQLState()).isEqualTo("23503");
        assertThat(text("SELECT COUNT(*) FROM webhooks_events")).isEqualTo("0");
    }

    @Test
    void errorsShowNoValues() throws Exception {
        JdbcDeliveryStore store = opened(database);
        PostgresServer.execute(
                database, "ALTER TABLE webhooks_documents ADD CONSTRAINT host_rule CHECK (kind <> 'WEBHOOK')");

        StoreException e =
                catchThrowableOfType(StoreException.class, () -> StoreRows.save(store, StoreRows.webhook("a")));

        java.io.StringWriter trace = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("geheim").contains("23514").contains("PSQLException");
    }

    @Test
    void moreDataThanAStatementTakesIsInsertedTogether() throws Exception {
        JdbcDeliveryStore store = opened(database);
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            StoredEvent small = StoreRows.event("e" + i, "a").event();
            events.add(new NewEvent(
                    new StoredEvent(
                            small.key(),
                            small.id(),
                            small.tenant(),
                            small.type(),
                            small.timestamp(),
                            "a/b",
                            false,
                            Map.of(),
                            new byte[9 << 20]),
                    List.of()));
        }

        assertThat(store.queue().insert(events)).hasSize(5);
        assertThat(store.queue().insert(events)).isEmpty();
    }

    private String text(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
