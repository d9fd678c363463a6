package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.WebhookQuery;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.store.StoreException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishing in the caller's transaction: what is rolled back was never there, what is committed is sent at once. */
abstract class TransactionTest {
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final List<String> received = new CopyOnWriteArrayList<>();
    private Receiver receiver;
    HikariDataSource pool;
    private JdbcDeliveryStore store;
    private Counted counted;
    private WebhookClient client;

    /** The URL of a new database, with its user. */
    abstract void connect(HikariConfig config) throws Exception;

    @BeforeEach
    void startAll() throws Exception {
        receiver = Receiver.start(request -> {
            if (request.path().equals("/dead")) {
                return 500;
            }
            received.add(request.header("webhook-id"));
            return 200;
        });
        HikariConfig config = new HikariConfig();
        connect(config);
        config.setMaximumPoolSize(30);
        config.setMinimumIdle(0);
        pool = new HikariDataSource(config);
        execute("CREATE TABLE orders (id INT PRIMARY KEY)");
        store = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
        counted = new Counted(store);
        client = started(counted);
        client.register(webhook("hook"));
    }

    private static WebhookClient started(Counted store) {
        return WebhookClient.builder()
                .store(store.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build()
                .start();
    }

    @AfterEach
    void stopAll() throws IOException {
        counted.releaseConfirms();
        client.close();
        int active = pool.getHikariPoolMXBean().getActiveConnections();
        pool.close();
        receiver.close();
        assertThat(active).as("connections that were not given back").isZero();
    }

    private Webhook webhook(String id) {
        return Webhook.builder(receiver.url("/" + id))
                .id(id)
                .events("*")
                .unsigned()
                .build();
    }

    private Publication publish(String id) {
        return client.publish(Event.builder("n").id(id).data(1).build());
    }

    /** That nothing else arrives is shown by a later event, once nothing is pending. */
    final void onlyArrive(String... ids) throws SQLException {
        publish("marker");
        await().atMost(WITHIN).until(() -> received.contains("marker"));
        await().atMost(WITHIN).until(() -> count("webhooks_deliveries") == 0);
        List<String> expected = new ArrayList<>(List.of(ids));
        expected.add("marker");
        assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(count("webhooks_events")).isEqualTo(expected.size());
    }

    final WebhookClient client() {
        return client;
    }

    final JdbcDeliveryStore store() {
        return store;
    }

    final void inJoined(Connection connection, String id) {
        store.join(connection, () -> publish(id));
    }

    private int count(String table) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            row.next();
            return row.getInt(1);
        }
    }

    final void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            execute(connection, sql);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private interface Step {
        void with(Connection connection) throws SQLException;
    }

    private void inConnection(Step step) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            step.with(connection);
        }
    }

    // ---- committed

    @Test
    void committedWithOtherRowsIsSentWithoutAClaimAfterOneRead() throws SQLException {
        int reads = counted.confirms();
        Publication publication = store.inTransaction(connection -> {
            execute(connection, "INSERT INTO orders VALUES (1)");
            Publication published = publish("a");
            assertThat(received).isEmpty();
            return published;
        });

        assertThat(publication).isEqualTo(new Publication("a", false, 1));
        await().atMost(WITHIN).until(() -> received.contains("a"));
        assertThat(count("orders")).isEqualTo(1);
        assertThat(counted.confirms() - reads).isEqualTo(1);
        onlyArrive("a");
        assertThat(counted.claimed()).isZero();
    }

    @Test
    void committedInAJoinedTransactionIsSentWithoutAClaim() throws SQLException {
        inConnection(connection -> {
            store.join(connection, () -> publish("a"));
            store.join(connection, () -> publish("b"));
            connection.commit();
        });

        await().atMost(WITHIN).until(() -> received.containsAll(List.of("a", "b")));
        onlyArrive("a", "b");
        assertThat(counted.claimed()).isZero();
    }

    @Test
    void transactionsThatAreCommittedDuringAReadShareTheNextOne() throws Exception {
        int threads = 16;
        int each = 25;
        counted.holdConfirms();
        store.inTransaction(connection -> publish("first"));
        await().atMost(WITHIN).until(() -> counted.confirms() == 1);
        ExecutorService publishers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                done.add(publishers.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        String id = thread + "-" + n;
                        store.inTransaction(connection -> publish(id));
                    }
                    return null;
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        } finally {
            publishers.shutdownNow();
        }

        assertThat(received).isEmpty();
        counted.releaseConfirms();
        await().atMost(WITHIN).until(() -> received.size() == 1 + threads * each);
        assertThat(counted.confirms()).isEqualTo(2);
    }

    @Test
    void publishedTogetherInATransactionIsSent() throws SQLException {
        List<Event> events = IntStream.range(0, 100)
                .mapToObj(n -> Event.builder("n").id("e" + n).data(n).build())
                .toList();

        store.inTransaction(connection -> client.publishAll(events));

        await().atMost(WITHIN).until(() -> received.size() == 100);
    }

    @Test
    void transactionThatTakesLongIsSentWhenItIsCommitted() throws SQLException {
        inConnection(connection -> {
            store.join(connection, () -> publish("a"));
            publish("other");
            await().atMost(WITHIN).until(() -> received.contains("other"));
            await().atMost(WITHIN).until(() -> counted.confirms() >= 8);
            assertThat(received).containsExactly("other");
            connection.commit();
        });

        await().atMost(WITHIN).until(() -> received.contains("a"));
    }

    // ---- rolled back

    @Test
    void rolledBackIsNeverSent() throws SQLException {
        inConnection(connection -> {
            store.join(connection, () -> publish("a"));
            connection.rollback();
        });
        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    publish("b");
                    throw new IllegalStateException("changed my mind");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("changed my mind");

        onlyArrive();
    }

    @Test
    void rolledBackToASavepointIsNeverSentThoughTheCommitSucceeds() throws SQLException {
        store.inTransaction(connection -> {
            publish("kept");
            Savepoint before = connection.setSavepoint();
            publish("undone");
            connection.rollback(before);
            return null;
        });
        inConnection(connection -> {
            Savepoint before = connection.setSavepoint();
            store.join(connection, () -> publish("undone-too"));
            connection.rollback(before);
            connection.commit();
        });

        await().atMost(WITHIN).until(() -> received.contains("kept"));
        onlyArrive("kept");
    }

    @Test
    void rolledBackBySqlTextIsNeverSent() throws SQLException {
        store.inTransaction(connection -> {
            publish("a");
            execute(connection, "ROLLBACK");
            return null;
        });
        inConnection(connection -> {
            store.join(connection, () -> publish("b"));
            execute(connection, "ROLLBACK");
            connection.commit();
        });

        onlyArrive();
    }

    @Test
    void connectionClosedWithoutCommitSendsNothing() throws SQLException {
        inConnection(connection -> store.join(connection, () -> publish("a")));

        onlyArrive();
    }

    @Test
    void failedPublishLeavesNothingHalfDone() throws SQLException {
        execute("ALTER TABLE webhooks_deliveries RENAME TO hidden");
        inConnection(connection -> {
            assertThatThrownBy(() -> store.join(connection, () -> publish("a")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("could not store 1 event(s) in the caller's transaction");
            connection.commit(); // a caller that swallows it
        });
        execute("ALTER TABLE hidden RENAME TO webhooks_deliveries");

        onlyArrive();
    }

    // ---- one id

    @Test
    void oneIdPublishedByManyAtOnceIsOneEventAndTransactionsGoOn() throws Exception {
        Counted otherStore = new Counted(JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build());
        try (WebhookClient otherNode = started(otherStore)) {
            int threads = 8;
            CyclicBarrier start = new CyclicBarrier(threads);
            ExecutorService publishers = Executors.newFixedThreadPool(threads);
            try {
                List<Future<Publication>> publications = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    int number = i;
                    publications.add(publishers.submit(() -> {
                        start.await();
                        Event event = Event.builder("n").id("same").data(number).build();
                        return number % 2 == 0
                                ? store.inTransaction(connection -> {
                                    Publication published = client.publish(event);
                                    execute(connection, "INSERT INTO orders VALUES (" + number + ")");
                                    return published;
                                })
                                : otherNode.publish(event);
                    }));
                }
                List<Publication> all = new ArrayList<>();
                for (Future<Publication> each : publications) {
                    all.add(each.get());
                }
                assertThat(all)
                        .filteredOn(each -> !each.duplicate())
                        .containsExactly(new Publication("same", false, 1));
                assertThat(all).filteredOn(Publication::duplicate).hasSize(threads - 1);
            } finally {
                publishers.shutdownNow();
            }
            assertThat(count("orders")).isEqualTo(threads / 2);
            onlyArrive("same");
        }
    }

    // ---- webhooks

    @Test
    void webhookIsRegisteredChangedAndRemovedWithTheTransaction() throws SQLException {
        inConnection(connection -> {
            store.join(connection, () -> client.register(webhook("second")));
            assertThat(client.find("second")).isEmpty();
            assertThat(store.join(connection, () -> client.find("second"))).isPresent();
            assertThat(store.join(connection, this::ids)).containsExactlyInAnyOrder("hook", "second");
            assertThat(ids()).containsExactly("hook");
            connection.rollback();
            assertThat(publish("1").deliveries()).isEqualTo(1);
            store.join(connection, () -> client.register(webhook("second")));
            connection.commit();
        });
        await().atMost(WITHIN)
                .until(() -> publish(String.valueOf(System.nanoTime())).deliveries() == 2);

        inConnection(connection -> {
            store.join(connection, () -> client.update(renamed("second", "undone")));
            assertThat(store.join(connection, () -> name("second"))).contains("undone");
            assertThat(name("second")).isEmpty();
            connection.rollback();
            assertThat(name("second")).isEmpty();
            store.join(connection, () -> client.update(renamed("second", "kept")));
            assertThat(name("second")).isEmpty();
            connection.commit();
        });
        assertThat(name("second")).contains("kept");

        inConnection(connection -> {
            assertThat(store.join(connection, () -> client.remove("second"))).isTrue();
            assertThat(store.join(connection, () -> client.find("second"))).isEmpty();
            assertThat(client.find("second")).isPresent();
            connection.commit();
        });
        assertThat(client.find("second")).isEmpty();
        await().atMost(WITHIN)
                .until(() -> publish(String.valueOf(System.nanoTime())).deliveries() == 1);
    }

    private List<String> ids() {
        return client.list(WebhookQuery.all()).items().stream().map(Webhook::id).toList();
    }

    private Optional<String> name(String id) {
        return client.find(id).orElseThrow().name();
    }

    private Webhook renamed(String id, String name) {
        return client.find(id).orElseThrow().toBuilder().name(name).build();
    }

    @Test
    void removalThatIsRolledBackCancelsNothing() throws SQLException {
        client.publish(Event.builder("n")
                .id("pending")
                .data(1)
                .deliverAt(Instant.now().plus(Duration.ofHours(1)))
                .build());
        assertThat(count("webhooks_deliveries")).isEqualTo(1);
        inConnection(connection -> {
            assertThat(store.join(connection, () -> client.remove("hook"))).isTrue();
            connection.rollback();
        });

        assertThat(client.find("hook")).isPresent();
        publish("later");
        await().atMost(WITHIN).until(() -> received.contains("later"));
        await().atMost(WITHIN).until(() -> count("webhooks_deliveries") == 1);
        assertThat(count("webhooks_attempts")).isEqualTo(1);
    }

    @Test
    void removalCancelsWhatIsPendingOnceItIsCommitted() throws Exception {
        client.register(Webhook.builder(receiver.url("/dead"))
                .id("dead")
                .events("dead")
                .unsigned()
                .build());
        client.publish(Event.of("dead", 1));
        await().atMost(WITHIN).until(() -> count("webhooks_attempts") == 2);

        store.inTransaction(connection -> client.remove("dead"));

        await().atMost(WITHIN).until(() -> count("webhooks_deliveries") == 0);
    }

    @Test
    void idsThatNoWebhookCanHaveAreNotFound() {
        assertThat(client.find("a\0b")).isEmpty();
        assertThat(client.remove("a\0b")).isFalse();
        assertThat(client.list(WebhookQuery.all().after("\0").tenant("\0")).items())
                .isEmpty();
    }

    @Test
    void interruptedPublisherHarmsNobody() throws Exception {
        store.inTransaction(connection -> {
            Publication published = publish("a");
            Thread.currentThread().interrupt();
            return published;
        });
        assertThat(Thread.interrupted()).isTrue();

        onlyArrive("a");
    }

    // ---- refused

    @Test
    void autoCommitIsRefused() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            assertThatThrownBy(() -> store.join(connection, () -> publish("a")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("setAutoCommit(false)");
        }
        onlyArrive();
    }

    @Test
    void connectionThatIsPutIntoAutoCommitWhileItIsJoinedIsRefused() throws SQLException {
        inConnection(connection -> assertThatThrownBy(() -> store.join(connection, () -> {
                    try {
                        connection.setAutoCommit(true);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    return publish("a");
                }))
                .hasMessageContaining("auto-commit"));
        onlyArrive();
    }

    @Test
    void otherDatabaseIsRefused() throws Exception {
        try (Database other = Database.inMemory();
                Connection connection = other.pool().getConnection()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> store.join(connection, () -> publish("a")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the connection is to jdbc:h2:mem:")
                    .hasMessageContaining("transaction of the same database");
        }
        onlyArrive();
    }

    @Test
    void asyncInATransactionIsRefused() throws SQLException {
        store.inTransaction(connection -> {
            assertThatThrownBy(() -> client.publishAsync(Event.of("n", 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("publishAsync");
            return null;
        });
        onlyArrive();
    }

    @Test
    void transactionWithinATransactionIsRefused() throws SQLException {
        store.inTransaction(connection -> {
            assertThatThrownBy(() -> store.inTransaction(inner -> publish("a")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already");
            return null;
        });
        onlyArrive();
    }
}
