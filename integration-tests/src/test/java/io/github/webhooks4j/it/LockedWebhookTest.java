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
import io.github.webhooks4j.store.Histories;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application that keeps the rows of failing webhooks locked holds up nothing but the states of those webhooks. */
class LockedWebhookTest {
    private static final int EVENTS = 200;
    /** After so many failures in a row a webhook is failing. */
    private static final int FAILING_AFTER = 5;

    private static final Duration WORK = Duration.ofMinutes(5);

    private final AtomicInteger received = new AtomicInteger();

    private HikariDataSource pool;
    private Receiver receiver;
    private JdbcDeliveryStore store;
    private WebhookClient client;

    @BeforeEach
    void open() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
        pool = new HikariDataSource(config);
        receiver = Receiver.start(request -> request.path().startsWith("/bad") ? 500 : count());
        store = JdbcDeliveryStore.builder(pool)
                .secretKeys(SecretKeys.plaintext())
                .build();
        client = WebhookClient.builder()
                .store(store)
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 3))
                .build()
                .start();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        receiver.close();
        pool.close();
    }

    @Test
    void othersAreDeliveredAndRecordedWhileTheRowIsLocked() throws Exception {
        register("bad");
        register("good");
        try (Connection application = locking("bad")) {
            for (int i = 0; i < EVENTS; i++) {
                client.publish(Event.of("bad", i)); // each wants to change the state
                client.publish(Event.builder("good").id("good" + i).build());
            }
            await().atMost(WORK).until(() -> delivered() == EVENTS);
            assertThat(health("bad")).isEqualTo(Webhook.Health.HEALTHY);
            application.rollback();
        }
        client.publish(Event.of("bad", "again"));
        await().atMost(WORK).until(() -> health("bad") == Webhook.Health.FAILING);
        assertThat(received.get()).isEqualTo(EVENTS);
    }

    /** As many rows are locked as there are threads that write states, and these webhooks go on failing. */
    @Test
    void statesOfOthersAreWrittenWhileTwoRowsAreLocked() throws Exception {
        register("bad1");
        register("bad2");
        register("bad3");
        try (Connection application = locking("bad1", "bad2")) {
            failOnce("bad1");
            failOnce("bad2");
            await().atMost(WORK).until(() -> waitingForLocks() == 2);

            for (int i = 0; i < FAILING_AFTER; i++) {
                failOnce("bad3");
            }
            await().atMost(WORK).until(() -> {
                failOnce("bad1");
                failOnce("bad2");
                return health("bad3") == Webhook.Health.FAILING;
            });
            assertThat(health("bad1")).isEqualTo(Webhook.Health.HEALTHY);
            assertThat(health("bad2")).isEqualTo(Webhook.Health.HEALTHY);
            application.rollback();
        }
        await().atMost(WORK).until(() -> {
            failOnce("bad1");
            failOnce("bad2");
            return health("bad1") == Webhook.Health.FAILING && health("bad2") == Webhook.Health.FAILING;
        });
    }

    private int count() {
        received.incrementAndGet();
        return 200;
    }

    private void register(String name) {
        client.register(Webhook.builder(receiver.url("/" + name))
                .id(name)
                .events(name)
                .unsigned()
                .build());
    }

    private void failOnce(String name) {
        client.publish(Event.of(name, 1));
    }

    private Webhook.Health health(String name) {
        return client.find(name).orElseThrow().health();
    }

    /** A transaction of the application's that has locked these webhooks. */
    private Connection locking(String... names) throws SQLException {
        Connection application = pool.getConnection();
        application.setAutoCommit(false);
        try (PreparedStatement statement =
                application.prepareStatement("SELECT 1 FROM webhooks_documents WHERE id = ANY (?) FOR UPDATE")) {
            statement.setArray(1, application.createArrayOf("text", names));
            statement.execute();
        }
        return application;
    }

    /** How many connections wait for a lock. */
    private int waitingForLocks() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
            row.next();
            return row.getInt(1);
        }
    }

    private long delivered() {
        long delivered = 0;
        for (int i = 0; i < EVENTS; i++) {
            delivered += Histories.attempts(store, Optional.empty(), "good" + i, "good")
                    .size();
        }
        return delivered;
    }
}
