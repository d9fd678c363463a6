package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.InvalidWebhookException;
import io.github.webhooks4j.Logged;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.WebhookQuery;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.Verifier;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one database, of which one has no key for what the other has encrypted. */
class MissingKeyTest {
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final SecretKeys OLD = SecretKeys.of("old", new byte[32]);
    private static final SecretKeys NEW = SecretKeys.of(
            "new", "0123456789abcdef0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    private final Secret secret = Secret.random();
    private final List<Receiver.Request> received = new CopyOnWriteArrayList<>();
    private Receiver receiver;
    private Database database;
    private WebhookClient keyless;

    @BeforeEach
    void startAll() throws IOException {
        receiver = Receiver.start(request -> {
            received.add(request);
            return 200;
        });
        database = Database.inMemory();
        try (WebhookClient owner = client(NEW)) {
            owner.register(
                    webhook("signed").signer(Signer.standardWebhooks(secret)).build());
            owner.register(webhook("plain").url(receiver.url("")).unsigned().build());
        }
        keyless = client(OLD).start();
    }

    @AfterEach
    void stopAll() throws IOException {
        keyless.close();
        receiver.close();
        database.close();
    }

    private WebhookClient client(SecretKeys keys) {
        return WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(database.pool())
                        .secretKeys(keys)
                        .build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build();
    }

    private Webhook.Builder webhook(String id) {
        return Webhook.builder(receiver.url("/" + id)).id(id).events("*");
    }

    private long receivedBy(String id) {
        return received.stream()
                .filter(request -> request.path().equals("/" + id))
                .count();
    }

    @Test
    void nodeWithoutTheKeyStoresDeliveriesAndOneWithItSendsThem() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(keyless.publish(Event.of("user.made", i)).deliveries()).isEqualTo(2);
        }
        await().atMost(WITHIN).until(() -> database.delivered() == 10); // the other lane goes on
        assertThat(receivedBy("signed")).isZero();
        assertThat(database.history()).isEqualTo(10);
        assertThat(database.pending()).isEqualTo(10);
        assertThat(database.claimed()).isZero();

        try (WebhookClient owner = client(NEW)) {
            owner.start();
            await().atMost(WITHIN).until(() -> database.delivered() == 20);
        }
        assertThat(receivedBy("signed")).isEqualTo(10);
        for (Receiver.Request request : received) {
            if (request.path().equals("/signed")) {
                Verifier.standardWebhooks(secret).verify(request.body(), request::header);
            }
        }
        assertThat(database.texts("SELECT DISTINCT attempts.number FROM webhooks_attempts attempts"))
                .containsExactly("1");
    }

    @Test
    void logSaysWhichWebhookWaitsAndForWhichKey() {
        keyless.close();
        try (Logged log = new Logged()) {
            keyless = client(OLD).start();
            await().atMost(WITHIN)
                    .untilAsserted(() -> assertThat(log.lines("this node cannot send to webhook signed"))
                            .singleElement()
                            .satisfies(line -> assertThat(line)
                                    .contains(
                                            "leaves its deliveries to a node that can",
                                            "give this node's store the key")));
            assertThat(log.lines(
                            "this node cannot read a secret of webhook signed: this node does not have the key new"))
                    .hasSize(1);
            assertThat(log.lines("webhook plain")).isEmpty();
        }
    }

    @Test
    void webhookIsStillFoundAndListed() {
        assertThat(keyless.find("signed").orElseThrow().events()).containsExactly("*");
        assertThat(keyless.list(WebhookQuery.all()).items())
                .extracting(Webhook::id)
                .containsExactly("plain", "signed");
    }

    @Test
    void secretThatCannotBeReadIsNotKeptByMistake() {
        Webhook read = keyless.find("signed").orElseThrow();

        for (Webhook change : List.of(
                read.toBuilder().name("renamed").build(),
                webhook("signed").name("renamed").build())) {
            assertThat(keyless.check(change)).extracting("code").contains("signers.unreadable");
            assertThatThrownBy(() -> keyless.update(change))
                    .isInstanceOf(InvalidWebhookException.class)
                    .hasMessageContaining("set it again");
        }
        try (WebhookClient owner = client(NEW)) {
            assertThat(owner.find("signed").orElseThrow().version()).isEqualTo(1);
        }
    }

    @Test
    void eachSettingWithSuchASecretIsNamed() {
        assertThat(keyless.check(keyless.find("signed").orElseThrow()))
                .extracting("code")
                .containsExactly("signers.unreadable", "url.unreadable");
    }

    @Test
    void rowOfANewerVersionIsStillPublishedToAndFoundAndListed() throws Exception {
        keyless.close();
        try (Connection connection = database.pool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE webhooks_documents SET settings = REPLACE(settings, '\"url\":', '\"filter\":{},\"url\":')"
                            + " WHERE id = 'plain'");
        }
        try (WebhookClient client = client(NEW)) {
            client.start();
            assertThat(client.publish(Event.of("user.made", 1)).deliveries()).isEqualTo(2);
            await().atMost(WITHIN).until(() -> database.delivered() == 1);

            assertThat(receivedBy("signed")).isEqualTo(1);
            assertThat(database.history()).isEqualTo(1);
            assertThat(client.find("plain").orElseThrow().unreadable()).containsExactly("filter");
            assertThat(client.list(WebhookQuery.all()).items()).hasSize(2);
            assertThat(client.pause("plain").state()).isEqualTo(Webhook.State.PAUSED);
            Webhook change = webhook("plain").unsigned().name("renamed").build();
            assertThat(client.check(change)).extracting("code").containsExactly("filter.unreadable");
            assertThatThrownBy(() -> client.register(change))
                    .isInstanceOf(InvalidWebhookException.class)
                    .hasMessageContaining("newer version");
        }
        assertThat(database.texts("SELECT settings FROM webhooks_documents WHERE id = 'plain'"))
                .allMatch(settings -> settings.contains("filter"));
    }

    @Test
    void secretThatCannotBeReadCanBeReplaced() {
        Webhook replaced = keyless.update(keyless.find("signed").orElseThrow().toBuilder()
                .url(receiver.url("/signed"))
                .signer(Signer.standardWebhooks(Secret.random()))
                .build());

        assertThat(replaced.version()).isEqualTo(2);
        keyless.publish(Event.of("user.made", 1));
        await().atMost(WITHIN).until(() -> receivedBy("signed") == 1);
    }
}
