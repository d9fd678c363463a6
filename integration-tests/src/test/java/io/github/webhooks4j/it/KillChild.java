package io.github.webhooks4j.it;

import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The process that {@link KillTest} kills: publishes all events, which changes nothing for those that are stored, and
 * delivers until nothing is left.
 */
final class KillChild {
    static final int WEBHOOKS = 10;
    static final int EVENTS = 500;
    static final int CONCURRENCY = 5;
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    /** So that a process that nobody ends does not stay for ever. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int CHUNK = 50;

    private KillChild() {}

    /**
     * Runs it.
     *
     * @param args the database's URL, the receiver's, and {@code before} or {@code after}: whether it is started before or
     *     after it publishes
     */
    public static void main(String[] args) {
        Parent.endsThisProcess();
        try (Database database = Database.at(args[0]);
                WebhookClient client = WebhookClient.builder()
                        .store(database.store())
                        .transport(OkHttpTransport.create())
                        .egress(EgressPolicy.development())
                        .requestTimeout(REQUEST_TIMEOUT)
                        .concurrencyPerWebhook(CONCURRENCY)
                        .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(500), 20))
                        .build()) {
            for (int i = 0; i < WEBHOOKS; i++) {
                client.register(Webhook.builder(args[1] + i)
                        .id("w" + i)
                        .events("*")
                        .unsigned()
                        .build());
            }
            if (args[2].equals("before")) {
                client.start();
            }
            for (int i = 0; i < EVENTS; i += CHUNK) {
                client.publishAll(events(i));
            }
            client.start();
            await().atMost(PATIENCE).until(() -> database.pending() == 0);
        }
    }

    private static List<Event> events(int first) {
        return IntStream.range(first, Math.min(first + CHUNK, EVENTS))
                .mapToObj(n -> Event.builder("n").id("e" + n).data(n).build())
                .toList();
    }
}
