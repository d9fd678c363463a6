package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.WebhookClient.Backlog;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.it.RecordedTransport.Sent;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import io.github.webhooks4j.transport.Transport.Answer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 20,000 deliveries that are held for a webhook are given up. Whoever says so waits for none of them: they are canceled little by
 * little, by any node, and nothing that is published afterwards is.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiscardTest {
    private static final int BACKLOG = 20_000;
    /** Eight pages of a sweep, where how many there are is not the question. */
    private static final int SHORTER = 4_000;

    private static final int CHUNK = 1_000;
    private static final int AFTERWARDS = 50;
    /** How much of it a node sweeps before it is stopped. */
    private static final int PAGES = 3;

    private static final Duration WORK = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final RecordedTransport transport = RecordedTransport.answering(request -> Answer.of(200));
    /** Which threads asked anything of a queue. */
    private final Set<Thread> askers = ConcurrentHashMap.newKeySet();
    /** Until then no sweep of another thread's than the test's begins. */
    private final CountDownLatch sweep = new CountDownLatch(1);

    private Thread tester;

    private String url;
    private Database database;

    private void open(boolean postgres) throws Exception {
        tester = Thread.currentThread();
        url = postgres ? PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase() : Database.fileUrl(folder);
        database = Database.at(url);
    }

    @AfterEach
    void close() {
        sweep.countDown();
        database.close();
    }

    private final class Watched extends ForwardingQueue {
        Watched(DeliveryQueue target) {
            super(target);
        }

        @Override
        protected <T> T around(Supplier<T> call) {
            askers.add(Thread.currentThread());
            return super.around(call);
        }

        @Override
        public Swept sweep(Sweep step, int budget) {
            if (Thread.currentThread() != tester) {
                awaitIt();
            }
            return super.sweep(step, budget);
        }

        private void awaitIt() {
            try {
                sweep.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("the test is over", e);
            }
        }
    }

    private WebhookClient client() {
        return client(ForwardingStore.withQueue(database.store(), Watched::new));
    }

    private WebhookClient client(DeliveryStore store) {
        return WebhookClient.builder()
                .store(store)
                .transport(transport)
                .egress(EgressPolicy.development())
                .build();
    }

    /** A paused webhook, for which so much is held. */
    private static void hold(WebhookClient client, int backlog) {
        client.register(Webhook.builder("http://127.0.0.1:8080/hook")
                .id("hook")
                .events("*")
                .unsigned()
                .build());
        client.pause("hook");
        for (int i = 0; i < backlog; i += CHUNK) {
            client.publishAll(
                    IntStream.range(0, CHUNK).mapToObj(n -> Event.of("held", n)).toList());
        }
    }

    private List<String> publishSome(WebhookClient client) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < AFTERWARDS; i++) {
            ids.add(client.publish(Event.of("new", i)).eventId());
        }
        return ids;
    }

    private enum Way {
        DISCARD {
            @Override
            void giveUp(WebhookClient client) {
                client.resume("hook", Backlog.DISCARD);
            }
        },
        REMOVE {
            @Override
            void giveUp(WebhookClient client) {
                client.remove("hook");
            }
        },
        DISABLE {
            @Override
            void giveUp(WebhookClient client) {
                client.disable("hook");
            }
        };

        abstract void giveUp(WebhookClient client);
    }

    @ParameterizedTest
    @CsvSource({"DISCARD,true", "DISCARD,false", "REMOVE,true", "REMOVE,false", "DISABLE,true", "DISABLE,false"})
    void returnsBeforeAnythingOfTheBacklogIsReadAndCancelsItAll(Way way, boolean postgres) throws Exception {
        open(postgres);
        try (WebhookClient client = client().start()) {
            hold(client, BACKLOG);
            askers.clear();

            way.giveUp(client); // while no sweep can begin

            assertThat(askers).doesNotContain(tester);
            assertThat(database.pending()).isEqualTo(BACKLOG);
            sweep.countDown();
            await().atMost(WORK).until(() -> database.pending() == 0);
        }

        assertThat(database.canceled()).isEqualTo(BACKLOG);
        assertThat(database.history()).isEqualTo(BACKLOG);
        assertThat(transport.made()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsPublishedByAnyNodeAfterTheReturnIsDelivered(boolean postgres) throws Exception {
        open(postgres);
        List<String> ids = new ArrayList<>();
        try (WebhookClient client = client().start()) {
            hold(client, SHORTER);
            try (WebhookClient other = client().start()) { // which knows the webhook as it is now
                client.resume("hook", Backlog.DISCARD);
                ids.addAll(publishSome(other)); // which may not know yet that it is resumed
                ids.addAll(publishSome(client));
                sweep.countDown();
                ids.addAll(publishSome(client));
                ids.addAll(publishSome(other));

                await().atMost(WORK).until(() -> database.pending() == 0);
            }
        }

        assertThat(transport.sent()).extracting(Sent::eventId).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(database.delivered()).isEqualTo(ids.size());
        assertThat(database.canceled()).isEqualTo(SHORTER);
    }

    /** A webhook that is disabled and resumed starts with nothing, however soon it is resumed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasGivenUpStaysSoThoughTheWebhookIsResumed(boolean postgres) throws Exception {
        open(postgres);
        List<String> ids;
        try (WebhookClient client = client().start()) {
            hold(client, SHORTER);

            client.disable("hook");
            client.resume("hook");
            ids = publishSome(client);
            sweep.countDown();

            await().atMost(WORK).until(() -> database.pending() == 0);
        }

        assertThat(transport.sent()).extracting(Sent::eventId).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(database.canceled()).isEqualTo(SHORTER);
    }

    @ParameterizedTest
    @CsvSource({"DISCARD,true", "DISCARD,false", "REMOVE,true", "DISABLE,true"})
    void anotherNodeGoesOnWhereAKilledOneWas(Way way, boolean postgres) throws Exception {
        open(postgres);
        try (WebhookClient client = client()) { // not started
            hold(client, SHORTER);
            way.giveUp(client);
        }
        if (!postgres) {
            database.close();
        }
        dieInTheMiddle();
        if (!postgres) {
            database = Database.at(url);
        }
        int canceled = database.canceled();
        assertThat(canceled).as("by the node that was killed").isBetween(1, SHORTER - 1);
        assertThat(database.pending()).isEqualTo(SHORTER - canceled);

        List<String> ids = List.of();
        sweep.countDown();
        try (WebhookClient other = client().start()) {
            ids = way == Way.DISCARD ? publishSome(other) : ids;
            await().atMost(WORK).until(() -> database.pending() == 0);
        }

        assertThat(transport.sent()).extracting(Sent::eventId).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(database.canceled()).isEqualTo(SHORTER);
    }

    private void dieInTheMiddle() throws Exception {
        try (Node node = Node.start(url, "killed", Duration.ofSeconds(2), folder, KillPoint.SWEPT, PAGES)) {
            await().atMost(WORK).until(() -> !node.isAlive());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherNodeGoesOnWhereAClosedOneWas(boolean postgres) throws Exception {
        open(postgres);
        sweep.countDown();
        int canceled = giveUpAndCloseInTheMiddle();

        assertThat(canceled).as("by the node that was closed").isBetween(1, SHORTER - 1);
        assertThat(database.pending()).isEqualTo(SHORTER - canceled);
        List<String> ids;
        try (WebhookClient other = client().start()) {
            ids = publishSome(other);
            await().atMost(WORK).until(() -> database.pending() == 0);
        }
        assertThat(transport.sent()).extracting(Sent::eventId).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(database.canceled()).isEqualTo(SHORTER);
    }

    private int giveUpAndCloseInTheMiddle() throws SQLException {
        Semaphore pages = new Semaphore(PAGES);
        CountDownLatch noMore = new CountDownLatch(1);
        DeliveryStore failing = ForwardingStore.withQueue(database.store(), queue -> new ForwardingQueue(queue) {
            @Override
            public Swept sweep(Sweep step, int budget) {
                if (step.as() == DeliveryState.CANCELED && !pages.tryAcquire()) {
                    noMore.countDown();
                    throw new StoreException("out of order");
                }
                return super.sweep(step, budget);
            }
        });
        try (WebhookClient client = client(failing).start()) {
            hold(client, SHORTER);
            client.resume("hook", Backlog.DISCARD);
            await().atMost(WORK).until(() -> noMore.getCount() == 0);
        }
        return database.canceled();
    }
}
