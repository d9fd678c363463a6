package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.UnknownCommitException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database server is killed and frozen while events are published and delivered: what was acknowledged is delivered, publishers
 * are told clearly, and delivery goes on by itself.
 */
abstract class OutageContract {
    private static final List<String> IDS = List.of("w0", "w1", "w2");
    static final int KILLS = Integer.getInteger("webhooks4j.outages", 3);
    private static final int CONCURRENCY = 5;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LEASE = REQUEST_TIMEOUT.multipliedBy(4);
    private static final Duration RESUMED_WITHIN = Duration.ofSeconds(5);
    /** HikariCP waits so long at most between two attempts to connect, while anybody waits for a connection. */
    private static final Duration POOL_PAUSES = Duration.ofSeconds(5);

    private static final Duration FROZEN = Duration.ofSeconds(30);
    /** For what has no limit of its own, on a machine that has other things to do. */
    private static final Duration WORK = Duration.ofMinutes(5);
    /** How many deliveries are kept waiting. */
    private static final int BACKLOG = 500;

    private final Random random = new Random(Long.getLong("webhooks4j.seed", 1));

    @TempDir
    Path folder;

    FragileServer server;
    private Database database;
    private Database inside;
    private Arrivals arrivals;
    private WebhookClient client;
    Publishers publishers;

    /** Starts a server that keeps its data in this folder. */
    abstract FragileServer start(Path folder) throws Exception;

    @BeforeEach
    void startAll() throws Exception {
        server = start(folder);
        server.execute(Publishers.ORDERS);
        database = Database.at(server.url());
        inside = Database.unpooled(server.url());
        arrivals = new Arrivals();
        JdbcDeliveryStore store = database.store();
        client = WebhookClient.builder()
                .store(store)
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .concurrencyPerWebhook(CONCURRENCY)
                .requestTimeout(REQUEST_TIMEOUT)
                .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(500), 20))
                .build()
                .start();
        IDS.forEach(id -> client.register(
                Webhook.builder(arrivals.url(id)).id(id).events("*").unsigned().build()));
        publishers = new Publishers(client, store, () -> publishedAndNotArrived() > BACKLOG);
    }

    @AfterEach
    void stopAll() throws Exception {
        publishers.close();
        client.close();
        arrivals.close();
        database.close();
        server.close();
    }

    private int publishedAndNotArrived() {
        return publishers == null ? 0 : publishers.count() * IDS.size() - arrivals.count();
    }

    final void untilMoreArrived(int deliveries) {
        int wanted = arrivals.count() + deliveries;
        await().atMost(WORK).pollInterval(Duration.ofMillis(2)).until(() -> arrivals.count() >= wanted);
    }

    @Test
    void killedDatabaseLosesNothingThatWasAcknowledged() throws Exception {
        for (int i = 0; i < KILLS; i++) {
            untilMoreArrived(500 + random.nextInt(1_000));
            server.kill();
            long killed = System.nanoTime();
            publishersAreTold();
            if (i == KILLS - 1) { // once for longer than a lease
                await().atMost(WORK).until(() -> System.nanoTime() - killed > LEASE.toNanos());
            }
            server.restart();
            deliveryResumes();
        }
        nothingIsLost();
    }

    @Test
    void frozenDatabaseLosesNothingThatWasAcknowledged() throws Exception {
        untilMoreArrived(1_000);
        server.freeze();
        long began = System.nanoTime();
        publishersAreTold();
        await().atMost(WORK).until(() -> System.nanoTime() - began > FROZEN.toNanos());
        server.thaw();
        deliveryResumes();
        nothingIsLost();
    }

    final void publishersAreTold() {
        int before = publishers.refusals().size();
        await().atMost(WORK).until(() -> publishers.refusals().size() > before);
    }

    /** The database can do again what it did before. */
    final void deliveryResumes() throws Exception {
        long back = System.nanoTime();
        int delivered = inside.delivered();
        awaitConnection();
        long connected = System.nanoTime();
        await().atMost(WORK)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> arrivals.last() > back && inside.delivered() > delivered);
        long resumed = System.nanoTime();
        System.out.println(
                "delivery resumed " + Duration.ofNanos(resumed - back).toMillis()
                        + " ms after the database was back, "
                        + Duration.ofNanos(resumed - connected).toMillis()
                        + " ms after the pool had noticed");
        assertThat(Duration.ofNanos(resumed - connected)).isLessThanOrEqualTo(RESUMED_WITHIN);
        assertThat(Duration.ofNanos(resumed - back)).isLessThanOrEqualTo(RESUMED_WITHIN.plus(POOL_PAUSES));
    }

    private void awaitConnection() {
        await().atMost(WORK)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(() -> {
                    try (Connection connection = database.pool().getConnection();
                            Statement statement = connection.createStatement()) {
                        return statement.execute("SELECT 1");
                    }
                });
    }

    final void nothingIsLost() throws Exception {
        untilMoreArrived(500);
        publishers.close();
        await().atMost(LEASE.plus(WORK)).until(() -> inside.pending() == 0);

        Map<String, Long> told = publishers.refusals().stream()
                .collect(Collectors.groupingBy(
                        each -> each.getMessage().replaceAll("\\d+ event|\\[.*]", ".."),
                        TreeMap::new,
                        Collectors.counting()));
        System.out.println(publishers.count() + " events acknowledged, "
                + publishers.unknown().size() + " unknown, "
                + arrivals.repeated().size() + " deliveries repeated; told: " + told);
        assertThat(publishers.surprises()).isEmpty();
        assertThat(inside.events()).containsAll(publishers.acknowledged());
        assertThat(arrivals.pairs()).isEqualTo(Arrivals.pairs(inside.events(), IDS));
        assertThat(inside.delivered()).isEqualTo(arrivals.count());
        assertThat(arrivals.requests()).as("requests, each of them recorded").isLessThanOrEqualTo(inside.history());
        assertThat(inside.texts("SELECT id FROM orders"))
                .as("orders, each stored with its event")
                .isEqualTo(inside.texts("SELECT id FROM webhooks_events WHERE id LIKE 'order-%'"));
        publishers.refusals().forEach(OutageContract::isClear);
        unknownEventsCanBePublishedAgain();
    }

    private void unknownEventsCanBePublishedAgain() throws Exception {
        Set<String> stored = inside.events();
        for (String id : publishers.unknown()) {
            Publication again = client.publish(Event.builder("n").id(id).data(1).build());
            assertThat(again.duplicate()).isEqualTo(stored.contains(id));
        }
        await().atMost(LEASE.plus(WORK)).until(() -> inside.pending() == 0);
        assertThat(arrivals.pairs()).isEqualTo(Arrivals.pairs(inside.events(), IDS));
    }

    private static void isClear(StoreException told) {
        assertThat(told.isUnavailable()).as("%s", told).isTrue();
        assertThat(told.getMessage())
                .containsAnyOf(
                        told instanceof UnknownCommitException
                                ? "may or may not have been stored. Publish them again under the same ids"
                                : "could not get a connection from the data source",
                        "the connection to the database was lost",
                        "the database is shutting down, or it canceled the statement",
                        "the database, or this connection to it, is read-only");
    }
}
