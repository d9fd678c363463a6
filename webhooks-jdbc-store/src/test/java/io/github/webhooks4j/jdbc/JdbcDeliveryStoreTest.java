package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Swept;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.store.UnknownCommitException;
import io.github.webhooks4j.store.Want;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdbcDeliveryStoreTest {
    private static final DeliveryId SOME = DeliveryId.of(StoreRows.key(), "a");

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final JdbcConnectionPool pool = JdbcConnectionPool.create(url, "sa", "");

    @AfterEach
    void closePool() {
        pool.dispose();
    }

    @Test
    void connectionsComeBackAsTheyWere() {
        for (boolean autoCommit : new boolean[] {true, false}) {
            WatchedDataSource watched = new WatchedDataSource(pool, connection -> {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(autoCommit);
            });
            useEveryMethod(opened(watched), autoCommit + "");

            assertThat(new HashSet<>(watched.returned()))
                    .containsExactly(autoCommit + " " + Connection.TRANSACTION_REPEATABLE_READ);
        }
    }

    @Test
    void callTakesOneConnectionAtATime() {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        useEveryMethod(opened(watched), "");

        assertThat(watched.mostOpen()).isEqualTo(1);
        assertThat(pool.getActiveConnections()).isZero();
    }

    @Test
    void failedCallGivesItsConnectionBackAndLeavesNothing() {
        JdbcDeliveryStore store = opened(pool);
        var twice = StoreRows.event("1", "a");
        var broken = new NewEvent(
                twice.event(),
                List.of(twice.deliveries().get(0), twice.deliveries().get(0)));

        assertThatThrownBy(() -> store.queue().insert(List.of(broken)))
                .isInstanceOf(StoreException.class)
                .isNotInstanceOf(UnknownCommitException.class);

        assertThat(pool.getActiveConnections()).isZero();
        assertThat(store.queue().insert(List.of(twice))).hasSize(1);
    }

    @Test
    void keyOfAnotherEventIsAnErrorAndNotADuplicate() {
        JdbcDeliveryStore store = opened(pool);
        var first = StoreRows.event("1", "a").event();
        var second = new StoredEvent(
                first.key(), "2", first.tenant(), first.type(), first.timestamp(), "a/b", true, Map.of(), new byte[0]);
        store.queue().insert(List.of(new NewEvent(first, List.of())));

        assertThatThrownBy(() -> store.queue().insert(List.of(new NewEvent(second, List.of()))))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void commitThatIsLostIsUnknown() {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        JdbcDeliveryStore store = opened(watched);
        watched.failCommits(new SQLException("cut", "08006"));

        UnknownCommitException unknown = catchThrowableOfType(
                UnknownCommitException.class,
                () -> store.queue().insert(List.of(StoreRows.event("1", "a"), StoreRows.event("2", "a"))));

        assertThat(unknown.eventIds()).containsExactly("1", "2");
        assertThat(unknown.isUnavailable()).isTrue();
        watched.failCommits(null);
        assertThat(store.queue().insert(List.of(StoreRows.event("1", "a")))).isEmpty();
    }

    @Test
    void commitThatWasRolledBackIsRepeatedAndThenRefused() {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        JdbcDeliveryStore store = opened(watched);
        watched.failCommits(new SQLException("deadlock", "40001"));

        assertThatThrownBy(() -> StoreRows.save(store, StoreRows.webhook("a"))).isInstanceOf(StoreException.class);
    }

    @Test
    void lostCommitOfAnythingElseIsUnavailable() {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        JdbcDeliveryStore store = opened(watched);
        watched.failCommits(new SQLException("cut", "08006"));

        StoreException e =
                catchThrowableOfType(StoreException.class, () -> StoreRows.save(store, StoreRows.webhook("a")));

        assertThat(e.isUnavailable()).isTrue();
        assertThat(e).hasMessageContaining("may have taken effect");
    }

    /** Nobody could publish them again, and the change would be refused. */
    @Test
    void lostCommitOfAChangeNamesNoEventsThatWentWithIt() {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        JdbcDeliveryStore store = opened(watched);
        watched.failCommits(new SQLException("cut", "08006"));

        StoreException e = catchThrowableOfType(
                StoreException.class,
                () -> store.documents().save(StoreRows.webhook("a"), List.of(StoreRows.event("registered", "b"))));

        assertThat(e).isNotInstanceOf(UnknownCommitException.class).hasMessageContaining("may have taken effect");
        assertThat(e.isUnavailable()).isTrue();
    }

    @Test
    void changeAndItsEventsAreRolledBackWithTheCallersTransaction() throws Exception {
        JdbcDeliveryStore store = opened(pool);
        StoreRows.save(store, StoreRows.webhook("removed"));
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            store.join(connection, () -> {
                store.documents().save(StoreRows.webhook("a"), List.of(StoreRows.event("registered", "b")));
                store.documents().remove(DocumentKind.WEBHOOK, "removed", List.of(StoreRows.event("removed", "b")));
                assertThat(StoreRows.find(store, "a")).isPresent();
                return store.documents()
                        .saveStatus(DocumentKind.WEBHOOK, "a", 0, "{}", List.of(StoreRows.event("changed", "b")));
            });
            connection.rollback();
        }

        assertThat(StoreRows.find(store, "a")).isEmpty();
        assertThat(StoreRows.find(store, "removed")).isPresent();
        assertThat(store.queue().due(10)).isEmpty();
    }

    /** Each thread in a transaction would wait for one more, until none is left. */
    @Test
    void clockIsReadByTheConnectionOfTheCallersTransaction() throws Exception {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        JdbcDeliveryStore store = opened(watched);
        int before = watched.returned().size();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            Instant time = store.join(connection, store::now);

            assertThat(time).isBetween(Instant.now().minusSeconds(60), Instant.now());
        }

        assertThat(watched.returned()).as("none was taken").hasSize(before);
        store.now();
        assertThat(watched.returned()).hasSize(before + 1);
    }

    @Test
    void claimWithoutAnyLimitLooksAtNoRates() throws Exception {
        JdbcDeliveryStore store = opened(pool);
        store.queue().insert(List.of(StoreRows.event("1", "a")));
        execute(pool, "DROP TABLE webhooks_rates");
        RateLimit limit = RateLimit.of(9, Duration.ofSeconds(1));
        List<Want> mixed = List.of(Want.of("a", 1), Want.within(limit, Duration.ofMillis(250), "b", 1));

        assertThatThrownBy(() -> store.queue().claim(mixed, Duration.ofMinutes(1)))
                .isInstanceOf(StoreException.class);
        assertThat(store.queue()
                        .claim(List.of(Want.of("a", 1)), Duration.ofMinutes(1))
                        .claimed())
                .hasSize(1);
    }

    /** As it is in a client, which gives the parts away before it opens the store. */
    @Test
    void partsMayBeAskedForBeforeTheStoreIsOpen() {
        JdbcDeliveryStore store = StoreRows.store(pool);
        DeliveryQueue queue = store.queue();

        assertThatThrownBy(() -> queue.due(1)).isInstanceOf(StoreException.class);
        store.open();

        assertThat(queue.due(1)).isEmpty();
        assertThat(store.queue()).isSameAs(queue);
        assertThat(store.documents()).isSameAs(store.documents());
        assertThat(store.history()).isSameAs(store.history());
    }

    @Test
    void databaseOutOfReachIsUnavailable() {
        WatchedDataSource watched = new WatchedDataSource(pool, connection -> {});
        JdbcDeliveryStore store = opened(watched);
        watched.failConnections(new SQLException("no route"));

        StoreException e = catchThrowableOfType(StoreException.class, () -> StoreRows.find(store, "a"));

        assertThat(e.isUnavailable()).isTrue();
    }

    @Test
    void refusedCallIsNotUnavailableAndNamesNoData() throws Exception {
        JdbcDeliveryStore store = opened(pool);
        execute(pool, "DROP TABLE webhooks_documents");

        StoreException e =
                catchThrowableOfType(StoreException.class, () -> StoreRows.save(store, StoreRows.webhook("a")));

        assertThat(e.isUnavailable()).isFalse();
        assertThat(e)
                .hasMessage(
                        "could not save a webhook: table WEBHOOKS_DOCUMENTS is missing in schema \"PUBLIC\" (SQLState"
                                + " 42S02, vendor code 42102)");
    }

    @Test
    void storeThatIsNotOpenSaysSo() {
        assertThatThrownBy(() -> StoreRows.store(pool).now())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("call open() first");
    }

    @Test
    void closingLeavesTheDataSourceAlone() throws Exception {
        JdbcDeliveryStore store = opened(pool);
        store.close();

        try (Connection connection = pool.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    @Test
    void otherDatabasesAreRefusedByName() throws Exception {
        Connection connection = proxy(Connection.class, "getMetaData", proxy(DatabaseMetaData.class, "", null));

        assertThatThrownBy(() -> Database.of(connection, Instant::now))
                .isInstanceOf(StoreException.class)
                .hasMessage("the database is Elephant Elephant, which JdbcDeliveryStore does not support; it supports"
                        + " PostgreSQL 14 and newer, MariaDB 10.6 and newer, and H2 2.2.220 and newer");
    }

    /** They open, and then each claim fails. */
    @Test
    void oldH2IsRefusedWithTheVersionThatIsNeeded() {
        for (String old : List.of("2.0.206 (2022-01-04)", "2.1.210 (2022-01-17)", "2.1.214 (2022-06-13)", "1.4.200")) {
            assertThatThrownBy(() -> Database.of(database("H2", old), Instant::now))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("the database is H2 " + old + ", which JdbcDeliveryStore does not support; it supports"
                            + " PostgreSQL 14 and newer, MariaDB 10.6 and newer, and H2 2.2.220 and newer");
        }
        for (String fit : List.of("2.2.220 (2023-07-04)", "2.10.1", "3.0.0")) {
            assertThatCode(() -> Database.of(database("H2", fit), Instant::now)).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MariaDB, 10.5.28-MariaDB, false",
        "MariaDB, 5.5.68-MariaDB, false",
        "MySQL, 10.5.28-MariaDB, false",
        "MySQL, 5.7.44, false",
        "MariaDB, 10.6.0-MariaDB, true",
        "MariaDB, 10.11.19-MariaDB-log, true",
        "MariaDB, 12.0.1-MariaDB, true",
        "MySQL, 11.4.5-MariaDB, true",
        "MySQL, 8.0.36, true",
        "MySQL, 9.7.0, true"
    })
    void mariaDbFromTenPointSixAndMySqlFromEightOn(String product, String version, boolean fits) throws Exception {
        Connection connection = database(product, version);
        if (fits) {
            assertThat(Database.of(connection, Instant::now).dialect()).isInstanceOf(MariaDbDialect.class);
        } else {
            assertThatThrownBy(() -> Database.of(connection, Instant::now))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("the database is " + product + " " + version)
                    .hasMessageContaining("MariaDB 10.6 and newer");
        }
    }

    private static Connection database(String product, String version) {
        String[] numbers = version.split("\\.", -1);
        DatabaseMetaData metaData = (DatabaseMetaData) Proxy.newProxyInstance(
                JdbcDeliveryStoreTest.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, called, args) -> switch (called.getName()) {
                    case "getDatabaseProductName" -> product;
                    case "getDatabaseProductVersion" -> version;
                    case "getDatabaseMajorVersion" -> Integer.valueOf(numbers[0]);
                    case "getDatabaseMinorVersion" -> Integer.valueOf(numbers[1]);
                    case "getURL" -> "jdbc:any:old";
                    default -> throw new UnsupportedOperationException(called.getName());
                });
        return proxy(Connection.class, "getMetaData", metaData);
    }

    // ---- auto-commit

    /** As a proxy that knows transactions does it. */
    @Test
    void connectionOfATransactionOfTheCallersIsNeitherCommittedNorRolledBack() throws Exception {
        execute(pool, "CREATE TABLE orders (id INT PRIMARY KEY)");
        try (Connection transaction = pool.getConnection()) {
            WatchedDataSource bound = new WatchedDataSource(pool, connection -> {});
            JdbcDeliveryStore store = opened(bound);
            transaction.setAutoCommit(false);
            transaction.createStatement().execute("INSERT INTO orders VALUES (1)");
            bound.bind(transaction);

            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> StoreRows.find(store, "a"),
                    () -> StoreRows.save(store, StoreRows.webhook("a")),
                    () -> store.queue().insert(List.of(StoreRows.event("1", "a"))),
                    () -> Histories.find(store, Optional.empty(), "1", "a"),
                    () -> store.history().find(SOME),
                    () -> store.history().attempts(SOME),
                    () -> store.queue().redeliver(SOME),
                    () -> store.queue().cancel(SOME),
                    () -> store.inTransaction(connection -> 1),
                    store::encryptAnew)) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("hands out the connection of a transaction that this thread is in")
                        .hasMessageContaining("Give the store the plain data source");
            }

            assertThat(transaction.getAutoCommit()).isFalse();
            transaction.rollback();
            transaction.setAutoCommit(true);
            bound.bind(null);
            assertThat(StoreRows.find(store, "a")).isEmpty();
            try (ResultSet row = transaction.createStatement().executeQuery("SELECT COUNT(*) FROM orders")) {
                row.next();
                assertThat(row.getInt(1)).isZero();
            }
        }
    }

    /** As some pools hand out connections that were given back so: who is in no transaction cannot meet another's. */
    @Test
    void connectionWithoutAutoCommitOnAThreadOfTheLibraryIsNothingSpecial() throws Exception {
        AtomicBoolean left = new AtomicBoolean();
        JdbcDeliveryStore store = opened(new WatchedDataSource(pool, connection -> {
            if (left.get()) {
                connection.setAutoCommit(false);
            }
        }));
        left.set(true);
        assertThatThrownBy(() -> StoreRows.find(store, "a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("have the pool turn auto-commit on again");

        CompletableFuture.runAsync(() -> store.queue().due(1), task -> new Thread(task, "webhooks4j-engine").start())
                .join();

        assertThat(StoreRows.find(store, "a")).isEmpty();
        StoreRows.save(store, StoreRows.webhook("a"));
        assertThat(StoreRows.find(store, "a")).isPresent();
    }

    @Test
    void storeThatIsOpenedInATransactionLooksAtItsDatabaseOnAnotherThread() throws Exception {
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        opened(new WatchedDataSource(
                pool, connection -> threads.add(Thread.currentThread().getName())));

        assertThat(threads.get(0)).isEqualTo("webhooks4j-open");
    }

    // ---- names

    @Test
    void schemaMustBeAName() {
        for (String schema : List.of("", " a", "-a", "a\"b", "a;b", "a\0", "a'b", "${prefix}", "a".repeat(64))) {
            assertThatThrownBy(() -> JdbcDeliveryStore.builder(pool).schema(schema))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("schema");
        }
        for (String schema : List.of("a", "App", "tenant-1", "tenant 1", "größe", "a$b", "a.b", "_a", "a".repeat(63))) {
            assertThatCode(() -> JdbcDeliveryStore.builder(pool).schema(schema)).doesNotThrowAnyException();
        }
    }

    @Test
    void tablePrefixMustBeAnIdentifier() {
        for (String prefix : List.of("", "Upper", "1a", "a-b", "a;b", "\"", "ä", "a".repeat(32))) {
            assertThatThrownBy(() -> JdbcDeliveryStore.builder(pool).tablePrefix(prefix))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tablePrefix");
        }
    }

    private static JdbcDeliveryStore opened(DataSource dataSource) {
        JdbcDeliveryStore store = StoreRows.store(dataSource);
        store.open();
        return store;
    }

    private static void useEveryMethod(JdbcDeliveryStore store, String suffix) {
        Documents documents = store.documents();
        String id = "a" + suffix;
        Document saved = documents
                .save(StoreRows.webhook(id), List.of(StoreRows.event("4" + suffix, "b")))
                .orElseThrow();
        documents.save(StoreRows.webhook(id), List.of());
        documents.saveStatus(saved.kind(), id, 0, "{}", List.of());
        documents.find(saved.kind(), id);
        documents.list(saved.kind(), TenantScope.ALL, "", 10);
        documents.list(saved.kind(), TenantScope.NONE, "", 10);
        documents.changedSince(Instant.EPOCH);
        documents.forgetRemoved();
        DeliveryQueue queue = store.queue();
        queue.insert(List.of(StoreRows.event("1" + suffix, "a"), StoreRows.event("2" + suffix, "a")));
        queue.insert(List.of(StoreRows.event("1" + suffix, "a"), StoreRows.event("3" + suffix, "a")));
        queue.due(10);
        RateLimit limit = RateLimit.of(9, Duration.ofSeconds(1));
        List<Claimed> claimed = queue.claim(
                        List.of(Want.of("a", 2), Want.within(limit, Duration.ofMillis(250), "b", 1)),
                        Duration.ofMinutes(1))
                .claimed();
        queue.confirm(List.of(claimed.get(0).claim()));
        queue.release(Map.of(claimed.get(0).claim(), Instant.EPOCH));
        queue.record(List.of(new Outcome(claimed.get(1), List.of(), DeliveryState.EXHAUSTED, Duration.ZERO)));
        Swept swept = queue.sweep(StoreRows.cancel("a"), 1);
        queue.sweep(StoreRows.cancel("a").after(swept.next().orElseThrow()), 10);
        DeliveryId delivery = Histories.id(store, Optional.empty(), "1" + suffix, "a");
        store.history().list(DeliveryFilter.all(TenantScope.ALL), Optional.empty(), 10, 10);
        store.history().find(delivery);
        store.history().attempts(delivery);
        queue.redeliver(delivery);
        queue.cancel(delivery);
        documents.remove(saved.kind(), id, List.of());
        store.encryptAnew();
    }

    private static void execute(DataSource dataSource, String... statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static <T> T proxy(Class<T> type, String method, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, called, args) -> called.getName().equals(method)
                        ? answer
                        : called.getReturnType() == String.class ? "Elephant" : 1));
    }
}
