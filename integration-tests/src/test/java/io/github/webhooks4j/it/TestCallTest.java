package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.it.Receiver.Request;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.Verifier;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Test calls to a real receiver, kept in a real database, by a client that is not started. */
class TestCallTest {
    private final Secret secret = Secret.random();
    private final BlockingQueue<Request> received = new LinkedBlockingQueue<>();
    private Receiver receiver;
    private Database database;
    private JdbcDeliveryStore store;
    private WebhookClient client;

    @BeforeEach
    void open() throws Exception {
        receiver = Receiver.start(request -> {
            received.add(request);
            return request.path().equals("/broken") ? 500 : 204;
        });
        database = Database.inMemory();
        store = database.store();
        client = WebhookClient.builder()
                .store(store)
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        database.close();
        receiver.close();
    }

    private Webhook register(String id, String path) {
        return client.register(Webhook.builder(receiver.url(path))
                .id(id)
                .events("*")
                .signer(Signer.standardWebhooks(secret))
                .build());
    }

    private Message verified(Request request) throws Exception {
        return Verifier.standardWebhooks(secret).verify(request.body(), request::header);
    }

    @Test
    void testArrivesSignedAndIsInTheHistoryAsOne() throws Exception {
        register("a", "/a");

        assertThat(client.test("a", "invoice.paid").status()).hasValue(204);

        Message message = verified(received.remove());
        assertThat(new String(message.body(), UTF_8)).contains("\"data\":{\"test\":true}");
        Delivery delivery =
                client.deliveries().list(DeliveryQuery.all()).items().get(0);
        assertThat(delivery.test()).isTrue();
        assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(delivery.eventId()).isEqualTo(message.id());
        assertThat(client.deliveries().find(delivery.id()).orElseThrow().attempts())
                .hasSize(1);
        assertThat(client.deliveries().redeliver(delivery.id())).isEqualTo(Redelivery.TEST);
        assertThat(database.texts("SELECT id FROM webhooks_events WHERE is_test"))
                .containsExactly(message.id());
        assertThat(database.pending()).isZero();
    }

    @Test
    void answersOfSeveralWebhooksComeTogether() throws Exception {
        register("a", "/a");
        register("b", "/broken");
        Webhook nowhere = client.register(Webhook.builder("http://127.0.0.1:" + closedPort() + "/")
                .id("c")
                .events("*")
                .unsigned()
                .build());
        client.pause("b");

        Map<String, Attempt> answers = client.test(List.of("a", "b", nowhere.id()), Event.of("ping", Map.of()));

        assertThat(answers.get("a").status()).hasValue(204);
        assertThat(answers.get("b").status()).hasValue(500);
        assertThat(answers.get("c").failure()).hasValue(Failure.CONNECT);
        assertThat(client.deliveries()
                        .list(DeliveryQuery.all().tests(true).states(DeliveryState.EXHAUSTED))
                        .items())
                .extracting(Delivery::webhookId)
                .containsExactlyInAnyOrder("b", "c");
        assertThat(received).hasSize(2);
    }

    private static int closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void draftIsSentWithTheStoredSecretAndNotKept() throws Exception {
        register("a", "/a");
        Webhook draft =
                Webhook.builder(receiver.url("/new")).id("a").events("*").build();

        assertThat(client.test(draft, Event.of("ping", Map.of())).status()).hasValue(204);

        Request request = received.remove();
        verified(request);
        assertThat(request.path()).isEqualTo("/new");
        assertThat(database.events()).isEmpty();
        assertThat(database.history()).isZero();
    }

    @Test
    void testIsRefusedInATransactionAndNothingIsSent() throws Exception {
        register("a", "/a");

        store.inTransaction(connection -> {
            assertThatThrownBy(() -> client.test("a", "ping"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("once the transaction has been committed");
            return true;
        });

        assertThat(received).isEmpty();
    }
}
