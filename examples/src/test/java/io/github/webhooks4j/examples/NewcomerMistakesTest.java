package io.github.webhooks4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.InvalidEventException;
import io.github.webhooks4j.InvalidWebhookException;
import io.github.webhooks4j.Logged;
import io.github.webhooks4j.StaleWebhookException;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The mistakes that a newcomer makes. Each is answered by a text that says what is wrong, where, and what to write instead; and
 * whoever writes that has a webhook that works.
 */
class NewcomerMistakesTest {
    private static final Event EVENT = Event.of("invoice.paid", Map.of("invoice", "in_42"));

    private final MockWebServer receiver = new MockWebServer();
    private final String database = "jdbc:h2:mem:" + UUID.randomUUID();
    private final JdbcConnectionPool pool = JdbcConnectionPool.create(database + ";DB_CLOSE_DELAY=-1", "sa", "");

    @BeforeEach
    void receive() throws IOException {
        for (int i = 0; i < 5; i++) {
            receiver.enqueue(new MockResponse.Builder().code(204).build());
        }
        receiver.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void end() {
        receiver.close();
        pool.dispose();
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getPort() + "/hooks";
    }

    private static Signer signer() {
        return Signer.standardWebhooks(Secret.random());
    }

    private static Webhook.Builder webhook(String url) {
        return Webhook.builder(url).id("customer-1").events("invoice.paid").signer(signer());
    }

    private static WebhookClient.Builder builder() {
        return WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development());
    }

    /** What follows from the remedy: the event arrives. Returns its body. */
    private String works(WebhookClient.Builder builder, Webhook.Builder webhook) throws InterruptedException {
        try (WebhookClient client = builder.build().start()) {
            client.register(webhook.build());
            assertThat(client.publish(EVENT).deliveries()).isOne();
            return received();
        }
    }

    private String received() throws InterruptedException {
        RecordedRequest request = receiver.takeRequest(5, TimeUnit.MINUTES);
        assertThat(request).isNotNull();
        return request.getBody() == null ? "" : request.getBody().utf8();
    }

    private static Throwable refusal(WebhookClient.Builder builder, Webhook.Builder webhook) {
        try (WebhookClient client = builder.build()) {
            return catchThrowable(() -> client.register(webhook.build()));
        }
    }

    // ---- the client

    @Test
    void noStore() throws InterruptedException {
        assertThatThrownBy(() -> WebhookClient.builder()
                        .transport(OkHttpTransport.create())
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("store is missing; use DeliveryStore.inMemory()")
                .hasMessageContaining(
                        "JdbcDeliveryStore.builder(dataSource).secretKeys(SecretKeys.plaintext()).build()");

        works(
                builder()
                        .store(JdbcDeliveryStore.builder(pool)
                                .secretKeys(SecretKeys.plaintext())
                                .build()),
                webhook(url()));
    }

    @Test
    void noTransport() throws InterruptedException {
        assertThatThrownBy(() ->
                        WebhookClient.builder().store(DeliveryStore.inMemory()).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("transport is missing; use OkHttpTransport.create()")
                .hasMessageContaining("webhooks-okhttp");

        works(builder().transport(OkHttpTransport.create()), webhook(url()));
    }

    @Test
    void storeWithoutKeys() throws InterruptedException {
        assertThat(refusal(builder().store(JdbcDeliveryStore.create(pool)), webhook(url())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no key to encrypt the secrets of webhooks")
                .hasMessageContaining("JdbcDeliveryStore.builder(dataSource).secretKeys(SecretKeys.of(id, key))");

        works(
                builder()
                        .store(JdbcDeliveryStore.builder(pool)
                                .secretKeys(SecretKeys.of("2026-01", new byte[32]))
                                .build()),
                webhook(url()));
    }

    @Test
    void secondClientOnTheSameStoreOrTransport() throws InterruptedException {
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
        OkHttpTransport transport = OkHttpTransport.create();
        try (WebhookClient first = WebhookClient.builder()
                .store(store)
                .transport(transport)
                .egress(EgressPolicy.development())
                .build()
                .start()) {
            assertThatThrownBy(() -> builder().store(store).build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a client uses this store already")
                    .hasMessageContaining("An application needs one client")
                    .hasMessageContaining("JdbcDeliveryStore.builder(dataSource)");
            assertThatThrownBy(() -> builder().transport(transport).build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a client uses this transport already")
                    .hasMessageContaining("OkHttpTransport.create()");

            first.register(webhook(url()).build());
            first.publish(EVENT);
            assertThat(received()).as("the first client still works").contains("in_42");
        }
        works(builder().store(store), webhook(url()));
    }

    @Test
    void closedClient() throws InterruptedException {
        WebhookClient client = builder().build().start();
        client.close();

        assertThatThrownBy(() -> client.publish(EVENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the client is closed")
                .hasMessageContaining("when the application ends");
        works(builder(), webhook(url()));
    }

    // ---- where it goes

    @Test
    void thisMachineUnderTheDefaultPolicy() throws InterruptedException {
        WebhookClient.Builder strict = builder().egress(EgressPolicy.strict());
        String localhost = "http://localhost:" + receiver.getPort() + "/hooks";
        try (Logged logged = new Logged()) {
            assertThat(refusal(strict, webhook(localhost)))
                    .isInstanceOf(InvalidWebhookException.class)
                    .hasMessageContaining("url: the URL must begin with https://")
                    .hasMessageContaining("the host name is not a public one");

            assertThat(logged.lines("the egress policy refused webhook customer-1"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("EgressPolicy.builder().allowHttp().allowHost(\"localhost\")"
                                    + ".allow(\"127.0.0.1\").allow(\"::1\")")
                            .contains("EgressPolicy.development()"));
        }

        works(
                builder()
                        .egress(EgressPolicy.builder()
                                .allowHttp()
                                .allowHost("localhost")
                                .allow("127.0.0.1")
                                .allow("::1")
                                .build()),
                webhook(localhost));
    }

    @Test
    void localhostIsAllowedAndItsAddressIsNot() throws InterruptedException {
        String localhost = "http://localhost:" + receiver.getPort() + "/hooks";
        WebhookClient.Builder half = builder()
                .egress(EgressPolicy.builder()
                        .allowHttp()
                        .allowHost("localhost")
                        .build());
        try (Logged logged = new Logged()) {
            assertThat(refusal(half, webhook(localhost)))
                    .isInstanceOf(InvalidWebhookException.class)
                    .hasMessageContaining("url: the host is this machine");

            assertThat(logged.lines("the egress policy refused webhook customer-1"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("allow(\"127.0.0.1\").allow(\"::1\")"));
        }

        works(builder().egress(EgressPolicy.development()), webhook(localhost));
    }

    // ---- the webhook

    @Test
    void noSigner() throws InterruptedException {
        Webhook.Builder unsigned = Webhook.builder(url()).id("customer-1").events("invoice.paid");

        assertThat(refusal(builder(), unsigned))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("signers is not set; add Signer.standardWebhooks(secret), or say unsigned()")
                .hasMessageContaining("Make the secret once with Secret.random()")
                .hasMessageContaining("Secret.of(text)");

        String kept = Secret.random().reveal(); // once, and kept
        works(builder(), unsigned.signer(Signer.standardWebhooks(Secret.of(kept))));
    }

    @Test
    void secretThatIsAnyText() throws InterruptedException {
        Secret mine = Secret.of("my-secret");

        assertThat(refusal(
                        builder(), Webhook.builder(url()).events("invoice.paid").signer(Signer.standardWebhooks(mine))))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("must start with whsec_")
                .hasMessageContaining("Secret.random()")
                .hasMessageContaining("Signer.hmacSha256(secret)")
                .hasMessageNotContaining("my-secret");

        works(builder(), Webhook.builder(url()).events("invoice.paid").signer(Signer.hmacSha256(mine)));
    }

    @Test
    void signerThatIsCode() throws InterruptedException {
        Signer mine = message -> Map.of("X-Key", "42");

        assertThat(refusal(
                        builder(), Webhook.builder(url()).events("invoice.paid").signer(mine)))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("signers has a signer that cannot be stored, since it is code")
                .hasMessageContaining("WebhookClient.builder().signer(name, signer)")
                .hasMessageContaining("Signer.custom(name)");

        works(
                builder().signer("mine", mine),
                Webhook.builder(url()).events("invoice.paid").signer(Signer.custom("mine")));
    }

    @Test
    void oneOfSeveralEventTypesIsMisspelt() throws InterruptedException {
        assertThat(refusal(builder(), webhook(url()).events("invoice.paid", "invoice paid", "customer.*")))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("events has the entry \"invoice paid\", which is not an event type")
                .hasMessageContaining("invoice.paid, invoice.* or *");

        works(builder(), webhook(url()).events("invoice.paid", "customer.*"));
    }

    @Test
    void methodInLowerCase() throws InterruptedException {
        assertThat(refusal(builder(), webhook(url()).method("put")))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("method is \"put\"; write it in capitals: PUT");

        works(builder(), webhook(url()).method("PUT"));
    }

    @Test
    void spacesInTheBracesOfATemplate() throws InterruptedException {
        assertThat(refusal(
                        builder(),
                        webhook(url())
                                .payload(PayloadFormat.template(
                                        "application/json", "{\"text\":\"{{ data.invoice }}\"}"))))
                .isInstanceOf(InvalidWebhookException.class)
                .hasMessageContaining("payload has a template that cannot be used: at line 1, column 10")
                .hasMessageContaining("a space inside the braces; write {{data.name}}");

        String body = works(
                builder(),
                webhook(url()).payload(PayloadFormat.template("application/json", "{\"text\":\"{{data.invoice}}\"}")));
        assertThat(body).isEqualTo("{\"text\":\"in_42\"}");
    }

    @Test
    void webhookThatNeverExisted() throws InterruptedException {
        try (WebhookClient client = builder().build().start()) {
            assertThatThrownBy(() -> client.pause("customer-1"))
                    .isInstanceOf(StaleWebhookException.class)
                    .hasMessageContaining(
                            "there is no webhook \"customer-1\": it was never registered, or it was removed")
                    .hasMessageContaining("register the webhook");
            assertThatThrownBy(() -> client.update(webhook(url()).build()))
                    .isInstanceOf(StaleWebhookException.class)
                    .hasMessageContaining("there is no webhook \"customer-1\"");
            assertThatThrownBy(() -> client.rotateSecret("customer-1", WebhookClient.ROTATION_GRACE))
                    .isInstanceOf(StaleWebhookException.class)
                    .hasMessageContaining("there is no webhook \"customer-1\"");

            client.register(webhook(url()).build());
            client.pause("customer-1");
            client.resume("customer-1");
            client.publish(EVENT);
            assertThat(received()).contains("in_42");
        }
    }

    // ---- the event

    @Test
    void eventTypeWithASpace() throws InterruptedException {
        try (WebhookClient client = builder().build()) {
            assertThatThrownBy(() -> client.publish(Event.of("Invoice paid", Map.of())))
                    .isInstanceOf(InvalidEventException.class)
                    .hasMessageContaining("type is \"Invoice paid\"; it must be")
                    .hasMessageContaining("such as invoice.paid");
        }
        works(builder(), webhook(url()));
    }

    @Test
    void nobodyStartedTheClient() throws InterruptedException {
        try (Logged logged = new Logged()) {
            DeliveryStore store = JdbcDeliveryStore.builder(pool)
                    .secretKeys(SecretKeys.plaintext())
                    .build();
            try (WebhookClient client = builder().store(store).build()) {
                client.register(webhook(url()).build());
                client.publish(EVENT);
            }
            assertThat(logged.lines("was never started"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("waits in the store"));

            try (WebhookClient client = builder().store(store).build()) {
                client.start();
                assertThat(received()).contains("in_42");
            }
        }
    }

    // ---- transactions and tables

    @Test
    void connectionWithAutoCommit() throws InterruptedException, SQLException {
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
        try (WebhookClient client = builder().store(store).build().start();
                Connection connection = pool.getConnection()) {
            client.register(webhook(url()).build());
            assertThatThrownBy(() -> store.join(connection, () -> client.publish(EVENT)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the connection is in auto-commit mode")
                    .hasMessageContaining("setAutoCommit(false)");

            connection.setAutoCommit(false);
            store.join(connection, () -> client.publish(EVENT));
            connection.commit();
            connection.setAutoCommit(true);
        } // which waits for what was committed just now
        assertThat(received()).contains("in_42");
    }

    @Test
    void publishAsyncInATransaction() throws InterruptedException, SQLException {
        JdbcDeliveryStore store = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
        try (WebhookClient client = builder().store(store).build().start()) {
            client.register(webhook(url()).build());
            assertThatThrownBy(() -> store.inTransaction(connection -> client.publishAsync(EVENT)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("publishAsync cannot take part in the transaction")
                    .hasMessageContaining("call publish");

            store.inTransaction(connection -> client.publish(EVENT));
        }
        assertThat(received()).contains("in_42");
    }

    @Test
    void tablesAreMissing() throws InterruptedException {
        JdbcDeliveryStore.Builder store = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .createSchema(false);
        assertThatThrownBy(() -> builder().store(store.build()).build())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the database has no tables of webhooks4j in schema")
                .hasMessageContaining("run io/github/webhooks4j/jdbc/h2/V1__webhooks.sql")
                .hasMessageContaining("createSchema(true)");

        works(builder().store(store.createSchema(true).build()), webhook(url()));
    }

    @Test
    void databaseUserMayNotCreateTables() throws InterruptedException, SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER app PASSWORD 'app'");
        }
        JdbcConnectionPool asApp = JdbcConnectionPool.create(database, "app", "app");
        try {
            assertThatThrownBy(() -> builder()
                            .store(JdbcDeliveryStore.builder(asApp)
                                    .secretKeys(SecretKeys.plaintext())
                                    .build())
                            .build())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("could not create the tables")
                    .hasMessageContaining("the database user lacks a privilege")
                    .hasMessageContaining(
                            "let this user create tables, or let another user run io/github/webhooks4j/jdbc")
                    .hasMessageContaining("createSchema(false)");
        } finally {
            asApp.dispose();
        }
        works(
                builder()
                        .store(JdbcDeliveryStore.builder(pool)
                                .secretKeys(SecretKeys.plaintext())
                                .build()),
                webhook(url()));
    }
}
