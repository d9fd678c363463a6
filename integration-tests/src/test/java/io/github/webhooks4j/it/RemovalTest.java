package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Pauses;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.Webhook.DisabledReason;
import io.github.webhooks4j.Webhook.State;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.it.RecordedTransport.Sent;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.transport.Transport.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks that are removed, gone or held while a thousand deliveries are pending, in real databases. */
class RemovalTest implements DeliveryListener {
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int PENDING = 1_000;
    private static final int CONCURRENCY = 5;
    private static final String PATH = "/hook";

    @TempDir
    Path folder;

    private final List<Webhook> changed = new CopyOnWriteArrayList<>();
    private volatile int status = 400;
    private final RecordedTransport one = transport();
    private final RecordedTransport two = transport();
    private Database database;

    private RecordedTransport transport() {
        return RecordedTransport.answering(request -> {
            Thread.sleep(1); // an exchange
            return Answer.of(status);
        });
    }

    @Override
    public void webhookChanged(Webhook webhook) {
        changed.add(webhook);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private void open(boolean postgres) throws Exception {
        database = postgres
                ? Database.at(
                        PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase())
                : Database.inFolder(folder);
    }

    private WebhookClient client(RecordedTransport transport, int concurrency) {
        WebhookClient client = WebhookClient.builder()
                .store(database.store())
                .transport(transport)
                .egress(EgressPolicy.development())
                .concurrencyPerWebhook(concurrency)
                .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(500), 1_000))
                .listener(this)
                .build();
        client.register(Webhook.builder("http://127.0.0.1:8080" + PATH)
                .id("hook")
                .events("*")
                .unsigned()
                .build());
        return client;
    }

    private static List<String> publish(WebhookClient client) {
        return client
                .publishAll(IntStream.range(0, PENDING)
                        .mapToObj(n -> Event.of("n", n))
                        .toList())
                .stream()
                .map(publication -> publication.eventId())
                .toList();
    }

    @Test
    void removedWebhookGetsNothingMoreThoughAThousandRetriesArePending() throws Exception {
        open(true);
        try (WebhookClient remover = client(one, CONCURRENCY).start();
                WebhookClient other = client(two, CONCURRENCY).start();
                Pauses pauses = new Pauses()) {
            publish(remover);
            await().atMost(WORK).until(() -> one.made() + two.made() > 2 * PENDING && two.made() > 0);

            assertThat(remover.remove("hook")).isTrue();
            long removed = System.nanoTime();
            int underWay = one.made();
            await().atMost(WORK).until(() -> database.pending() == 0);
            await().pollDelay(Duration.ofSeconds(5)).until(() -> true);

            assertThat(one.made() - underWay).as("had begun before").isLessThanOrEqualTo(CONCURRENCY);
            Duration last = Duration.ofNanos(
                    two.sent().stream().mapToLong(Sent::nanos).max().orElseThrow() - removed);
            assertThat(last).isLessThanOrEqualTo(Duration.ofSeconds(2).plus(pauses.longest()));
            assertThat(other.find("hook")).isEmpty();
            assertThat(database.pending()).isZero();
        }
    }

    @Test
    void webhookThatIsGoneHoldsAThousandAndIsToldOfOnceByTwoNodes() throws Exception {
        open(true);
        status = 410;
        try (WebhookClient a = client(one, CONCURRENCY);
                WebhookClient b = client(two, CONCURRENCY)) {
            publish(a);
            a.start();
            b.start();
            await().atMost(WORK).until(() -> a.find("hook").orElseThrow().state() == State.DISABLED);
            // Until both have seen it, and had time to send what they should not.
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);

            int requests = one.made() + two.made();
            assertThat(requests).isLessThanOrEqualTo(2 * CONCURRENCY);
            await("held").atMost(WORK).until(() -> database.pending() == PENDING - requests);
            assertThat(one.made() + two.made()).isEqualTo(requests);
            assertThat(changed).singleElement().satisfies(webhook -> {
                assertThat(webhook.state()).isEqualTo(State.DISABLED);
                assertThat(webhook.disabledReason()).contains(DisabledReason.GONE);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsHeldOverARestartStartsInTheOrderInWhichItWasDue(boolean postgres) throws Exception {
        open(postgres);
        status = 200;
        List<String> ids;
        try (WebhookClient first = client(one, 1).start()) {
            first.pause("hook");
            ids = publishOneByOne(first);
        }
        if (!postgres) {
            database.close();
            database = Database.inFolder(folder);
        }
        try (WebhookClient second = client(two, 1).start()) {
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            assertThat(two.made()).as("before it is resumed").isZero();

            second.resume("hook");
            await().atMost(WORK).until(() -> two.made() >= PENDING && database.pending() == 0);
        }

        assertThat(one.made()).isZero();
        assertThat(two.sent()).extracting(Sent::eventId).containsExactlyElementsOf(ids);
        assertThat(two.mostUnderWay(PATH)).isEqualTo(1);
        assertThat(database.delivered()).isEqualTo(PENDING);
    }

    /** So that each is due later than the one before. */
    private static List<String> publishOneByOne(WebhookClient client) {
        return IntStream.range(0, PENDING)
                .mapToObj(n -> client.publish(Event.of("n", n)).eventId())
                .toList();
    }
}
