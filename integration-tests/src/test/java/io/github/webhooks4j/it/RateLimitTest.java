package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.it.RecordedTransport.Sent;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two nodes on a PostgreSQL database keep one rate limit together, by the clock on the wall. */
class RateLimitTest {
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int PER_SECOND = 5;
    private static final int BURST = 5;
    private static final int EVENTS = 45;

    private static WebhookClient node(Database database, RecordedTransport transport) {
        return WebhookClient.builder()
                .store(database.store())
                .transport(transport)
                .egress(EgressPolicy.development())
                .build();
    }

    private static WebhookClient registered(WebhookClient node) {
        node.register(Webhook.builder("http://127.0.0.1:8080/hook")
                .id("hook")
                .events("*")
                .unsigned()
                .rateLimit(RateLimit.of(PER_SECOND, Duration.ofSeconds(1)).withBurst(BURST))
                .build());
        return node;
    }

    private static void publish(WebhookClient node) {
        node.publishAll(
                IntStream.range(0, EVENTS / 3).mapToObj(n -> Event.of("n", n)).toList());
    }

    @Test
    void noWindowHasMoreThanBurstAndRateAndWaitingUsesNoAttempt() throws Exception {
        List<RecordedTransport> transports = Stream.generate(
                        () -> RecordedTransport.answering(request -> Answer.of(200)))
                .limit(2)
                .toList();
        try (Database database = Database.at(
                        PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
                WebhookClient one = registered(node(database, transports.get(0)));
                WebhookClient other = node(database, transports.get(1))) { // which knows the webhook from the first
            publish(one);
            other.start();
            one.start();
            publish(one);
            publish(other);

            await().atMost(WORK).until(() -> database.pending() == 0);

            long[] starts = transports.stream()
                    .flatMap(transport -> transport.sent().stream())
                    .mapToLong(Sent::nanos)
                    .sorted()
                    .toArray();
            assertThat(starts).hasSize(EVENTS);
            for (int from = 0; from < EVENTS; from++) {
                for (int to = from; to < EVENTS; to++) {
                    double seconds = (starts[to] - starts[from]) / 1e9;
                    assertThat((double) to - from + 1)
                            .as("requests within %s s", seconds)
                            .isLessThanOrEqualTo(BURST + PER_SECOND * seconds);
                }
            }
            assertThat(transports)
                    .allSatisfy(transport ->
                            assertThat(transport.made()).as("both take part").isPositive());
            assertThat(database.texts("SELECT DISTINCT number FROM webhooks_attempts"))
                    .containsExactly("1");
        }
    }
}
