package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Pauses;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.Webhook.DisabledReason;
import io.github.webhooks4j.Webhook.Health;
import io.github.webhooks4j.Webhook.State;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.it.RecordedTransport.Sent;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.transport.Transport.Answer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on a PostgreSQL database change the state of a webhook at the same time. */
class TransitionsTest implements DeliveryListener {
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int ROUNDS = 10;
    private static final int EVENTS = 100;
    private static final int CONCURRENCY = 5;
    private static final String PATH = "/hook";
    private static final int MANY = 1_000_000;

    private final List<Webhook> changed = new CopyOnWriteArrayList<>();
    private final List<Delivery> ended = new CopyOnWriteArrayList<>();
    private final Semaphore answers = new Semaphore(MANY);
    private volatile int status = 200;
    private final List<RecordedTransport> transports = List.of(transport(), transport());
    private final List<WebhookClient> nodes = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private Database database;

    private RecordedTransport transport() {
        return RecordedTransport.answering(request -> {
            answers.acquire();
            Thread.sleep(5); // an exchange
            return Answer.of(status);
        });
    }

    @Override
    public void webhookChanged(Webhook webhook) {
        changed.add(webhook);
    }

    @Override
    public void ended(Delivery delivery) {
        ended.add(delivery);
    }

    @BeforeEach
    void start() throws Exception {
        database =
                Database.at(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        nodes.add(node(transports.get(0)));
        nodes.get(0)
                .register(Webhook.builder("http://127.0.0.1:8080" + PATH)
                        .id("hook")
                        .events("*")
                        .unsigned()
                        .build());
        nodes.add(node(transports.get(1))); // which knows it from the first
    }

    @AfterEach
    void stop() {
        answers.release(MANY);
        nodes.forEach(WebhookClient::close);
        threads.shutdownNow();
        database.close();
    }

    private WebhookClient node(RecordedTransport transport) {
        return WebhookClient.builder()
                .store(database.store())
                .transport(transport)
                .egress(EgressPolicy.development())
                .concurrencyPerWebhook(CONCURRENCY)
                .retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 100))
                .listener(this)
                .build();
    }

    private void startNodes() {
        nodes.forEach(WebhookClient::start);
    }

    /** Both nodes at the same moment. */
    private void both(Consumer<WebhookClient> change) throws Exception {
        CyclicBarrier together = new CyclicBarrier(nodes.size());
        List<Future<?>> done = new ArrayList<>();
        for (WebhookClient node : nodes) {
            done.add(threads.submit(() -> {
                together.await();
                change.accept(node);
                return null;
            }));
        }
        for (Future<?> each : done) {
            each.get();
        }
    }

    private void publishByBoth(int count) throws Exception {
        both(node -> node.publishAll(
                IntStream.range(0, count).mapToObj(n -> Event.of("n", n)).toList()));
    }

    private int requests() {
        return transports.stream().mapToInt(RecordedTransport::made).sum();
    }

    private Stream<Sent> sent() {
        return transports.stream().flatMap(transport -> transport.sent().stream());
    }

    private String stored() throws SQLException {
        return database.texts("SELECT status FROM webhooks_documents")
                .iterator()
                .next();
    }

    private boolean isBroken() throws SQLException {
        return stored().contains("\"brokenUntil\":1");
    }

    /** Changes what is stored of the webhook, as another node would. */
    private void store(String statusExpression) throws SQLException {
        PostgresServer.execute(
                database.pool(),
                "UPDATE webhooks_documents SET status = " + statusExpression
                        + ", status_version = status_version + 1, changed_at = statement_timestamp()");
    }

    private void breakUntil(Instant until) throws SQLException {
        store("regexp_replace(status, '\"brokenUntil\":[0-9]+', '\"brokenUntil\":" + until.toEpochMilli() + "')");
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plus(WORK)).until(() -> true);
    }

    @Test
    void changesByHandTakeEffectOnceAndAreToldOnce() throws Exception {
        startNodes();
        List<State> expected = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            both(node -> assertThat(node.pause("hook").state()).isEqualTo(State.PAUSED));
            both(node -> assertThat(node.resume("hook").state()).isEqualTo(State.ACTIVE));
            both(node -> assertThat(node.disable("hook").state()).isEqualTo(State.DISABLED));
            both(node -> assertThat(node.resume("hook").state()).isEqualTo(State.ACTIVE));
            expected.addAll(List.of(State.PAUSED, State.ACTIVE, State.DISABLED, State.ACTIVE));
            await().atMost(WORK).until(() -> changed.size() >= expected.size());
        }
        nodes.forEach(WebhookClient::close); // and all that waits is told

        assertThat(changed).extracting(Webhook::state).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void webhookWithNothingButFailuresForFiveDaysIsDisabledOnceAndKeepsWhatComes() throws Exception {
        long since = Instant.now().minus(Duration.ofDays(6)).toEpochMilli();
        long last = Instant.now().minus(Duration.ofHours(2)).toEpochMilli();
        store("'{\"failingSince\":" + since + ",\"lastFailureAt\":" + last + ",\"failing\":true}'");
        status = 400;
        answers.drainPermits();
        startNodes();
        publishByBoth(EVENTS);
        await().atMost(WORK).until(() -> transports.stream().allMatch(each -> each.made() > 0));
        answers.release(MANY); // both fail at the same moment
        await().atMost(WORK).until(() -> nodes.get(0).find("hook").orElseThrow().state() == State.DISABLED);
        pass(Duration.ofSeconds(3));
        int requests = requests();
        publishByBoth(EVENTS);
        pass(Duration.ofSeconds(3));

        assertThat(requests()).isEqualTo(requests);
        assertThat(database.pending()).isEqualTo(4 * EVENTS);
        nodes.forEach(WebhookClient::close);
        assertThat(changed).singleElement().satisfies(webhook -> {
            assertThat(webhook.state()).isEqualTo(State.DISABLED);
            assertThat(webhook.disabledReason()).contains(DisabledReason.FAILED);
        });
    }

    @Test
    void breakerOpensOnceAndOneNodeAtATimeTriesAndAllIsDeliveredOnceWhenItCloses() throws Exception {
        Pauses pauses = new Pauses();
        status = 503;
        answers.drainPermits();
        startNodes();
        publishByBoth(EVENTS);
        await().atMost(WORK).until(() -> transports.stream().allMatch(each -> each.made() > 0));
        answers.release(MANY);
        await().atMost(WORK).until(this::isBroken);
        long opened = System.nanoTime();
        pass(Duration.ofSeconds(4));

        assertThat(stored()).contains("\"trips\":1");
        int requests = requests();
        assertThat(requests).isLessThan(2 * EVENTS);
        assertThat(Duration.ofNanos(sent().mapToLong(Sent::nanos).max().orElseThrow() - opened))
                .isLessThanOrEqualTo(Duration.ofSeconds(2).plus(pauses.longest()));
        pauses.close();

        for (int trips = 2; trips <= 4; trips++) {
            answers.drainPermits();
            breakUntil(Instant.now().plusSeconds(4)); // which both know by then
            int wanted = ++requests;
            await().atMost(WORK).until(() -> requests() >= wanted);
            pass(Duration.ofSeconds(2));
            assertThat(requests()).as("one request to try").isEqualTo(wanted);
            answers.release();
            String next = "\"trips\":" + trips;
            await().atMost(WORK).until(() -> stored().contains(next));
        }
        assertThat(changed).singleElement().extracting(Webhook::health).isEqualTo(Health.FAILING);

        status = 200;
        answers.release(MANY);
        int untried = 2 * EVENTS - requests;
        breakUntil(Instant.now().plusSeconds(2));
        await().atMost(WORK).until(() -> ended.size() >= untried);
        pass(Duration.ofSeconds(2));
        assertThat(sent().map(Sent::eventId)).hasSize(2 * EVENTS).doesNotHaveDuplicates();
        nodes.forEach(WebhookClient::close);
        assertThat(changed).extracting(Webhook::health).containsExactly(Health.FAILING, Health.HEALTHY);
    }

    @Test
    void whatAnOpenBreakerHoldsEndsForItsAgeOnceThoughTwoNodesLook() throws Exception {
        nodes.get(0)
                .publishAll(IntStream.range(0, 20 * EVENTS)
                        .mapToObj(n -> Event.of("n", n))
                        .toList());
        long until = Instant.now().plus(Duration.ofHours(1)).toEpochMilli();
        store("'{\"brokenUntil\":" + until + ",\"trips\":1}'");
        PostgresServer.execute(
                database.pool(), "UPDATE webhooks_deliveries SET first_due_at = first_due_at - INTERVAL '8 days'");
        pass(Duration.ofSeconds(4)); // until both know
        publishByBoth(EVENTS);
        both(WebhookClient::start);
        await().atMost(WORK).until(() -> database.pending() == 2 * EVENTS);
        nodes.forEach(WebhookClient::close);

        assertThat(requests()).isZero();
        assertThat(ended)
                .hasSize(20 * EVENTS)
                .allSatisfy(delivery -> assertThat(delivery.state()).isEqualTo(DeliveryState.EXHAUSTED));
        assertThat(ended.stream().map(Delivery::eventId)).doesNotHaveDuplicates();
    }
}
