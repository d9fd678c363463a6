package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The connection breaks at commits, which take effect all the same. */
class LostAnswerTest {
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int EVENTS = 40;
    private static final Map<String, Integer> ANSWERS = Map.of("/fine", 200, "/failing", 400, "/gone", 410);

    private final PostgresServer server = PostgresServer.shared(PostgresServer.Version.NEWEST);
    /** How often each was told, and how often each request was made. */
    private final Map<String, Integer> told = new ConcurrentHashMap<>();

    private final Map<String, Integer> requests = new ConcurrentHashMap<>();

    private final DeliveryListener listener = new DeliveryListener() {
        @Override
        public void attempted(Delivery delivery, Attempt attempt) {
            tell("attempted " + delivery.webhookId() + " " + delivery.eventId() + " " + attempt.number());
        }

        @Override
        public void ended(Delivery delivery) {
            tell("ended " + delivery.webhookId() + " " + delivery.eventId());
        }

        @Override
        public void webhookChanged(Webhook webhook) {
            tell(webhook.id() + " is " + webhook.state() + " and " + webhook.health());
        }
    };

    private void tell(String what) {
        told.merge(what, 1, Integer::sum);
    }

    private long told(String prefix) {
        return told.keySet().stream().filter(what -> what.startsWith(prefix)).count();
    }

    @Test
    void outcomesThatWereRecordedAreToldOnceAndCountForTheStateOfTheirWebhook() throws Exception {
        deliver("webhooks_attempts (event_key", 4);
    }

    @Test
    void changesOfAWebhookThatWereStoredAreToldOnce() throws Exception {
        deliver("documents SET status", 2);
    }

    private void deliver(String statement, int answersToLose) throws Exception {
        String url = server.newDatabase();
        HikariConfig config = new HikariConfig();
        try (SlowLine line = SlowLine.to(server.port());
                Database direct = Database.unpooled(url);
                Receiver receiver = Receiver.start(request -> {
                    requests.merge(request.path() + " " + request.header("webhook-id"), 1, Integer::sum);
                    return ANSWERS.get(request.path());
                })) {
            config.setJdbcUrl(url.replace(":" + server.port() + "/", ":" + line.port() + "/"));
            config.addDataSourceProperty("prepareThreshold", "0"); // statements are sent as text
            try (HikariDataSource pool = new HikariDataSource(config);
                    WebhookClient client = WebhookClient.builder()
                            .store(JdbcDeliveryStore.builder(pool)
                                    .secretKeys(SecretKeys.plaintext())
                                    .build())
                            .transport(OkHttpTransport.create())
                            .egress(EgressPolicy.development())
                            .retryPolicy(RetryPolicy.fixed(Duration.ofDays(1), 3))
                            .listener(listener)
                            .build()) {
                ANSWERS.keySet()
                        .forEach(path -> client.register(Webhook.builder(receiver.url(path))
                                .id(path.substring(1))
                                .events("*")
                                .unsigned()
                                .build()));
                line.losesAnswersToCommits(answersToLose, statement);
                client.start();
                client.publishAll(IntStream.range(0, EVENTS)
                        .mapToObj(i -> Event.of("x", i))
                        .toList());

                await().atMost(WORK)
                        .until(() -> told("ended fine") == EVENTS
                                && told("attempted failing") == EVENTS
                                && told("gone is DISABLED") == 1
                                && told("failing is ") == 1);
                while (line.answersToLose() > 0) { // the first had company
                    long before = told("ended fine");
                    client.publish(Event.of("x", "more"));
                    await().atMost(WORK).until(() -> told("ended fine") == before + 1);
                }
                assertThat(client.find("gone").orElseThrow().state()).isEqualTo(Webhook.State.DISABLED);
                assertThat(client.find("failing").orElseThrow().health()).isEqualTo(Webhook.Health.FAILING);
                await().atMost(WORK).until(() -> told("attempted failing") == told("attempted fine"));
            }
            assertThat(requests.values()).as("requests").containsOnly(1);
            assertThat(told.values()).as("told %s", told).containsOnly(1);
            assertThat(told("attempted fine")).isEqualTo(told("ended fine"));
            assertThat((int) told("ended fine")).isEqualTo(direct.delivered());
            assertThat((int) told("attempted "))
                    .as("all that the history has")
                    .isEqualTo(direct.texts(
                                    "SELECT event_key || webhook_id FROM webhooks_attempts WHERE repetition < 1000")
                            .size());
            assertThat(List.copyOf(requests.keySet())).hasSize((int) told("attempted "));
        }
    }
}
