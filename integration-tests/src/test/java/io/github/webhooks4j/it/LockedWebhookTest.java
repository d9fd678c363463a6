package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An application that keeps the row of a failing webhook locked holds up nothing but the state of that webhook. */
class LockedWebhookTest {
    private static final int EVENTS = 200;

    private final AtomicInteger received = new AtomicInteger();

    @Test
    void othersAreDeliveredAndRecordedWhileTheRowIsLocked() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        try (HikariDataSource pool = new HikariDataSource(config);
                Receiver receiver = Receiver.start(request -> request.path().equals("/bad") ? 500 : count())) {
            JdbcDeliveryStore store = JdbcDeliveryStore.builder(pool)
                    .secretKeys(SecretKeys.plaintext())
                    .build();
            try (WebhookClient client = WebhookClient.builder()
                    .store(store)
                    .transport(OkHttpTransport.create())
                    .egress(EgressPolicy.development())
                    .retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 3))
                    .build()
                    .start()) {
                register(client, receiver, "bad");
                register(client, receiver, "good");
                deliverWhileLocked(client, store, pool);
                client.publish(Event.of("bad", "again"));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> client.find("bad").orElseThrow().health() == Webhook.Health.FAILING);
            }
        }
        assertThat(received.get()).isEqualTo(EVENTS);
    }

    private int count() {
        received.incrementAndGet();
        return 200;
    }

    private static void deliverWhileLocked(WebhookClient client, JdbcDeliveryStore store, HikariDataSource pool)
            throws Exception {
        try (Connection application = pool.getConnection();
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("SELECT 1 FROM webhooks_documents WHERE id = 'bad' FOR UPDATE");
            for (int i = 0; i < EVENTS; i++) {
                client.publish(Event.of("bad", i)); // each wants to change the state
                client.publish(Event.builder("good").id("good" + i).build());
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> delivered(store) == EVENTS);
            assertThat(client.find("bad").orElseThrow().health()).isEqualTo(Webhook.Health.HEALTHY);
            application.rollback();
        }
    }

    private static void register(WebhookClient client, Receiver receiver, String name) {
        client.register(Webhook.builder(receiver.url("/" + name))
                .id(name)
                .events(name)
                .unsigned()
                .build());
    }

    private static long delivered(JdbcDeliveryStore store) {
        long delivered = 0;
        for (int i = 0; i < EVENTS; i++) {
            delivered += store.history()
                    .attempts(Optional.empty(), "good" + i, "good")
                    .size();
        }
        return delivered;
    }
}
