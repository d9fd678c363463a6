package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Pauses;
import io.github.webhooks4j.Signers;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A signer that many webhooks use, in a database that several nodes share. */
class SharedSignersTest {
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final SecretKeys KEYS = SecretKeys.of("k1", new byte[32]);
    private static final SecretKeys OTHERS =
            SecretKeys.of("k2", "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    private final List<String> tokens = new CopyOnWriteArrayList<>();
    /** When the first token came last, by {@link System#nanoTime}. */
    private volatile long lastOne;

    private Receiver receiver;
    private Database database;
    private JdbcDeliveryStore store;
    private WebhookClient node;

    @BeforeEach
    void startAll() throws IOException {
        receiver = Receiver.start(request -> {
            if (request.header("Authorization").equals("Bearer one")) {
                lastOne = System.nanoTime();
            }
            tokens.add(request.header("Authorization"));
            return 200;
        });
        database = Database.inMemory();
        store = store(KEYS);
        node = client(store).start();
        node.signers().save("ours", bearer("one"));
    }

    @AfterEach
    void stopAll() throws IOException {
        node.close();
        receiver.close();
        database.close();
    }

    private JdbcDeliveryStore store(SecretKeys keys) {
        return JdbcDeliveryStore.builder(database.pool()).secretKeys(keys).build();
    }

    private static WebhookClient client(JdbcDeliveryStore store) {
        return WebhookClient.builder()
                .store(store)
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build();
    }

    private static Signer bearer(String token) {
        return Signer.bearer(Secret.of(token));
    }

    private Webhook using(String id, String name) {
        return Webhook.builder(receiver.url(""))
                .id(id)
                .events("*")
                .signer(Signer.shared(name))
                .build();
    }

    private void publishedTo(WebhookClient client, int deliveries) {
        int before = tokens.size();
        client.publish(Event.of("x", 1));
        await().atMost(WITHIN).until(() -> tokens.size() == before + deliveries);
    }

    @Test
    void changeOnOneNodeIsFollowedOnAnother() throws SQLException {
        node.register(using("a", "ours"));
        node.register(using("b", "ours"));
        try (WebhookClient other = client(store(KEYS));
                Pauses pauses = new Pauses()) {
            other.start();
            publishedTo(other, 2);
            assertThat(tokens).containsOnly("Bearer one");

            node.signers().save("ours", bearer("two"));
            long saved = System.nanoTime();
            await().atMost(WITHIN.multipliedBy(2)).until(() -> {
                publishedTo(other, 2);
                return tokens.get(tokens.size() - 1).equals("Bearer two");
            });
            assertThat(Duration.ofNanos(lastOne - saved))
                    .isLessThanOrEqualTo(Duration.ofSeconds(4).plus(pauses.longest()));
            assertThat(database.texts("SELECT secrets FROM webhooks_documents WHERE kind = 'SIGNER'"))
                    .allSatisfy(text -> assertThat(text).doesNotContain("two"));
        }
    }

    @Test
    void savedInATransactionItIsThereForThatTransactionAndForOthersAfterIt() throws SQLException {
        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    node.signers().save("new", bearer("never"));
                    node.signers().save("ours", bearer("never"));
                    node.register(using("a", "new"));
                    throw new SQLException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(node.signers().list()).containsExactly(new Signers.Stored("ours", "bearer", true));
        assertThat(node.find("a")).isEmpty();

        store.inTransaction(connection -> {
            node.signers().save("new", bearer("new"));
            return node.register(using("a", "new"));
        });
        await().atMost(WITHIN).until(() -> node.publish(Event.of("x", 1)).deliveries() == 1);
        await().atMost(WITHIN).until(() -> !tokens.isEmpty());
        assertThat(tokens).containsOnly("Bearer new");
    }

    @Test
    void nodeWithoutItsKeyLeavesTheDeliveriesToOthers() throws SQLException {
        node.register(using("a", "ours"));
        node.close();
        try (WebhookClient keyless = client(store(OTHERS))) {
            keyless.start();
            keyless.register(Webhook.builder(receiver.url("/b"))
                    .id("b")
                    .events("*")
                    .signer(bearer("bs"))
                    .build());
            assertThat(keyless.publish(Event.of("x", 1)).deliveries()).isEqualTo(2);
            await().atMost(WITHIN).until(() -> database.delivered() == 1);

            assertThat(tokens).containsExactly("Bearer bs");
            assertThat(keyless.signers().list()).containsExactly(new Signers.Stored("ours", "bearer", false));
            assertThat(database.history()).isEqualTo(1);
        }
        node = client(store(KEYS)).start();
        await().atMost(WITHIN).until(() -> database.delivered() == 2);
        assertThat(tokens).containsExactly("Bearer bs", "Bearer one");
    }
}
