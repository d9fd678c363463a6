package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Logged;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that is far away, or whose connections the application keeps for itself: delivery is slower, and goes on. */
class SlowDatabaseTest {
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int WEBHOOKS = 4;

    private final PostgresServer server = PostgresServer.shared(PostgresServer.Version.NEWEST);
    /** How often each event arrived at each webhook. */
    private final Map<String, Integer> arrived = new ConcurrentHashMap<>();

    private static final long LONGEST = 400;
    private static final String SLOW = "WARN io.github.webhooks4j.engine.ViewAge - the database is slow";

    private String url;
    private Database direct;

    @BeforeEach
    void createDatabase() throws SQLException {
        url = server.newDatabase();
        direct = Database.unpooled(url);
    }

    private Receiver receiver() throws Exception {
        return Receiver.start(request -> {
            arrived.merge(request.path() + " " + request.header("webhook-id"), 1, Integer::sum);
            return 200;
        });
    }

    private static HikariDataSource pool(String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(WORK.toMillis()); // whoever waits gets its turn, however slow the machine is
        return new HikariDataSource(config);
    }

    private static WebhookClient started(HikariDataSource pool, Receiver receiver) {
        WebhookClient client = WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(pool)
                        .secretKeys(SecretKeys.plaintext())
                        .build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .build();
        for (int i = 0; i < WEBHOOKS; i++) {
            client.register(Webhook.builder(receiver.url("/w" + i))
                    .id("w" + i)
                    .events("*")
                    .unsigned()
                    .build());
        }
        return client.start();
    }

    private static List<Event> events(int count) {
        return IntStream.range(0, count).mapToObj(i -> Event.of("x", i)).toList();
    }

    private void awaitAllDelivered(int events) {
        await().atMost(WORK).until(() -> direct.pending() == 0);
        assertThat(arrived).hasSize(WEBHOOKS * events);
        assertThat(arrived.values()).as("sent once").containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 200, LONGEST})
    void allIsDeliveredOnceThroughALineThatTakesMillisecondsEachWay(long oneWay) throws Exception {
        try (Logged logged = new Logged();
                SlowLine line = SlowLine.to(server.port());
                HikariDataSource pool = pool(url.replace(":" + server.port() + "/", ":" + line.port() + "/"), 10);
                Receiver receiver = receiver();
                WebhookClient client = started(pool, receiver)) {
            line.takes(Duration.ofMillis(oneWay));

            client.publishAll(events(25));

            awaitAllDelivered(25);
            if (oneWay
                    == LONGEST) { // a look for changes and deliveries takes several times as long, and so more than 2 s
                await().atMost(WORK).until(() -> !logged.lines(SLOW).isEmpty());
            }
            assertThat(logged.lines(SLOW)).hasSizeLessThanOrEqualTo(1);
            assertThat(logged.lines("no request is made")).isEmpty();
            line.takes(Duration.ZERO);
        }
    }

    /** Each transaction of the application holds a connection for a while; all of the pool are always held, but for a moment. */
    @Test
    void allIsDeliveredOnceThoughTheApplicationKeepsThePoolFull() throws Exception {
        ExecutorService application = Executors.newFixedThreadPool(24);
        try (HikariDataSource pool = pool(url, 2);
                Receiver receiver = receiver();
                WebhookClient client = started(pool, receiver)) {
            for (int i = 0; i < 24; i++) {
                application.execute(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        transaction(pool);
                    }
                });
            }

            client.publishAll(events(5));

            awaitAllDelivered(5);
        } finally {
            application.shutdownNow();
        }
    }

    private static void transaction(HikariDataSource pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_sleep(0.075)");
        } catch (SQLException e) {
            // It has waited too long itself, or the test is over.
        }
    }
}
