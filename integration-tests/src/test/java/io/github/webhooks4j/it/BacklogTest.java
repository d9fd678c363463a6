package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.it.RecordedTransport.Sent;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Want;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node starts on a PostgreSQL database in which very much is due for a thousand webhooks: 20,000 deliveries, or as many as
 * {@code -Dwebhooks4j.backlog} says (1000000 takes some minutes).
 */
class BacklogTest {
    private static final int WEBHOOKS = 1_000;
    private static final int BACKLOG = Integer.getInteger("webhooks4j.backlog", 20_000);
    private static final int ENOUGH = Math.min(BACKLOG, 20_000);
    private static final Duration WORK = Duration.ofMinutes(5);
    private static final int MAX_IN_FLIGHT = 25;
    /** Forty for each request, and a thousand at least. */
    private static final int MAX_HELD = 1_000;

    /** Much less than one turn of the backlog, eight for each webhook, though a thread may have to wait for a processor. */
    private static final int SOON = 20 * MAX_IN_FLIGHT;

    private static final int MAX_HELD_BYTES = 64 << 20;
    private static final int LARGE = 250 << 10;

    private volatile int exchangeMillis = 3;
    private final RecordedTransport transport = RecordedTransport.answering(request -> {
        Thread.sleep(exchangeMillis);
        return Answer.of(200);
    });
    private final AtomicInteger mostHeld = new AtomicInteger();
    private Database database;

    @BeforeEach
    void start() throws Exception {
        database =
                Database.at(PostgresServer.shared(PostgresServer.Version.NEWEST).newDatabase());
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private WebhookClient client() {
        return WebhookClient.builder()
                .store(watched(database.store()))
                .transport(transport)
                .egress(EgressPolicy.development())
                .maxInFlight(MAX_IN_FLIGHT)
                .concurrencyPerWebhook(5)
                .build();
    }

    /** What was claimed and has not been sent, after each claim. */
    private DeliveryStore watched(DeliveryStore target) {
        AtomicInteger claimed = new AtomicInteger();
        return ForwardingStore.withQueue(target, queue -> new ForwardingQueue(queue) {
            @Override
            public ClaimBatch claim(List<Want> wants, Duration lease) {
                ClaimBatch batch = super.claim(wants, lease);
                int held = claimed.addAndGet(batch.claimed().size()) - transport.completed();
                mostHeld.accumulateAndGet(held, Math::max);
                return batch;
            }
        });
    }

    /** What an earlier node left: each event goes to each of the webhooks, each of which is another customer's. */
    private void leave(int deliveries, String data) {
        try (WebhookClient earlier = client()) {
            for (int n = 0; n < WEBHOOKS; n++) {
                register(earlier, "w" + n, "old", n);
            }
            for (int n = 0; n < 20; n++) {
                register(earlier, "other" + n, "new" + n, WEBHOOKS + n);
            }
            int left = deliveries / WEBHOOKS;
            while (left > 0) {
                int some = Math.min(left, 20);
                earlier.publishAll(IntStream.range(0, some)
                        .mapToObj(n -> Event.of("old", data))
                        .toList());
                left -= some;
            }
        }
    }

    private static void register(WebhookClient client, String id, String events, int n) {
        String host = "127." + (n >> 16) + "." + (n >> 8 & 255) + "." + (n & 255);
        client.register(Webhook.builder("http://" + host + ":8080/" + id)
                .id(id)
                .events(events)
                .unsigned()
                .build());
    }

    @Test
    void whatIsHeldIsBoundedAndWhatIsPublishedDoesNotWaitForTheBacklog() {
        leave(BACKLOG, "");
        List<Integer> before = new ArrayList<>();
        try (WebhookClient client = client().start()) {
            for (int n = 0; n < 20; n++) {
                int enough = n * ENOUGH / 40;
                await().atMost(WORK).pollInterval(Duration.ofMillis(1)).until(() -> transport.made() >= enough);
                client.publish(Event.of("new" + n, n));
                before.add(transport.made());
            }
            await().atMost(WORK).until(() -> transport.made() >= ENOUGH);
        }

        assertThat(transport.mostUnderWay("")).isEqualTo(MAX_IN_FLIGHT);
        assertThat(mostHeld.get()).isBetween(MAX_HELD / 2, MAX_HELD);
        for (int n = 0; n < 20; n++) {
            Sent other = transport.sentTo("/other" + n).get(0);
            assertThat(other.position() - before.get(n))
                    .as("requests between the return of publish and that for %s", other.path())
                    .isLessThanOrEqualTo(SOON);
        }
        assertThat(transport.sent().stream().map(Sent::path).distinct())
                .as("nobody starves")
                .hasSize(WEBHOOKS + 20);
    }

    @Test
    void largeEventsAreHeldByTheirBytes() {
        exchangeMillis = 50;
        leave(WEBHOOKS, "x".repeat(LARGE));
        try (WebhookClient client = client().start()) {
            await().atMost(WORK).until(() -> transport.completed() == WEBHOOKS);
            assertThat(client.find("w0")).isPresent();
        }

        assertThat(mostHeld.get()).isBetween(MAX_HELD_BYTES / LARGE / 2, MAX_HELD_BYTES / LARGE);
    }
}
