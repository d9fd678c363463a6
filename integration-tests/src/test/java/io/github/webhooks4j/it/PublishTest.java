package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.InvalidEventException;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ways to publish, on one node or two that share a database. */
class PublishTest {
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<WebhookClient> clients = new ArrayList<>();
    private Receiver receiver;
    private Database database;

    @BeforeEach
    void startAll() throws IOException {
        receiver = Receiver.start(request -> {
            received.add(request.header("webhook-id"));
            return 200;
        });
        database = Database.inMemory();
    }

    @AfterEach
    void stopAll() throws IOException {
        clients.forEach(WebhookClient::close);
        receiver.close();
        database.close();
    }

    private WebhookClient client() {
        WebhookClient client = WebhookClient.builder()
                .store(database.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .concurrencyPerWebhook(20)
                .build();
        clients.add(client);
        return client;
    }

    private Webhook webhook() {
        return Webhook.builder(receiver.url("/hook"))
                .id("hook")
                .events("*")
                .unsigned()
                .build();
    }

    private void allEnded() {
        await().atMost(WITHIN).until(() -> database.pending() == 0);
    }

    @Test
    void oneNodePublishesAndAnotherDelivers() {
        WebhookClient publishing = client();
        publishing.register(webhook());
        client().start();
        Set<String> published = IntStream.range(0, 100)
                .mapToObj(n -> publishing.publish(Event.of("n", n)).eventId())
                .collect(Collectors.toSet());

        allEnded();
        assertThat(received).hasSize(100).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void nodeThatIsNotStartedSendsNothing() throws Exception {
        WebhookClient publishing = client();
        publishing.register(webhook());
        publishing.publish(Event.of("n", 1));
        publishing.close();

        assertThat(received).isEmpty();
        assertThat(database.pending()).isEqualTo(1);
    }

    @Test
    void webhookThatAnotherNodeRegisteredIsKnownSoon() {
        WebhookClient publishing = client();
        WebhookClient delivering = client().start();
        delivering.register(webhook());

        await().atMost(WITHIN).until(() -> publishing.publish(Event.of("n", 1)).deliveries() == 1);
        await().atMost(WITHIN).until(() -> received.size() == 1);
    }

    @Test
    void eventThatIsPublishedAgainIsNotSentAgain() {
        WebhookClient client = client().start();
        client.register(webhook());
        Event event = Event.builder("n").id("same").data(1).build();

        assertThat(client.publish(event)).isEqualTo(new Publication("same", false, 1));
        assertThat(client.publish(event)).isEqualTo(new Publication("same", true, 0));
        allEnded();
        assertThat(client.publish(event)).isEqualTo(new Publication("same", true, 0));
        client.publish(Event.builder("n").id("last").data(2).build());
        allEnded();
        client.close();
        assertThat(received).containsExactlyInAnyOrder("same", "last");
    }

    @Test
    void publishAllTellsOfEachEvent() {
        WebhookClient client = client().start();
        client.register(webhook());
        client.publish(Event.builder("n").id("b").data(0).build());
        List<Event> events = List.of("a", "b", "c", "c").stream()
                .map(id -> Event.builder("n").id(id).data(1).build())
                .toList();

        assertThat(client.publishAll(events))
                .containsExactly(
                        new Publication("a", false, 1),
                        new Publication("b", true, 0),
                        new Publication("c", false, 1),
                        new Publication("c", true, 0));
        allEnded();
        client.close();
        assertThat(received).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void publishAllStoresNothingIfOneEventIsInvalid() throws Exception {
        WebhookClient client = client().start();
        client.register(webhook());
        Assertions.assertThatThrownBy(() -> client.publishAll(List.of(Event.of("n", 1), Event.of("not valid", 2))))
                .isInstanceOf(InvalidEventException.class);

        assertThat(database.pending() + database.delivered()).isZero();
    }

    @Test
    void publishAsyncReadsTheDataAtOnceAndCompletesWhenStored() throws Exception {
        WebhookClient client = client().start();
        client.register(webhook());
        List<CompletableFuture<Publication>> futures = IntStream.range(0, 200)
                .mapToObj(n -> client.publishAsync(Event.of("n", n)))
                .toList();
        Set<String> published = futures.stream()
                .map(CompletableFuture::join)
                .map(Publication::eventId)
                .collect(Collectors.toSet());

        allEnded();
        assertThat(received).hasSize(200).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void publishedByManyThreadsAllArriveOnce() throws Exception {
        WebhookClient client = client().start();
        client.register(webhook());
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<List<String>>> tasks = IntStream.range(0, 16)
                    .mapToObj(thread -> (Callable<List<String>>) () -> IntStream.range(0, 125)
                            .mapToObj(n -> client.publish(Event.of("n", n)).eventId())
                            .toList())
                    .toList();
            List<String> published = new ArrayList<>();
            for (Future<List<String>> each : threads.invokeAll(tasks, WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                published.addAll(each.get());
            }

            allEnded();
            assertThat(published).hasSize(2000).doesNotHaveDuplicates();
            assertThat(received).hasSize(2000).containsExactlyInAnyOrderElementsOf(published);
        } finally {
            threads.shutdownNow();
        }
    }
}
