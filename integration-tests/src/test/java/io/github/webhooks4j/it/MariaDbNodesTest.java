package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.MariaDbServer;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Four nodes share a MariaDB database, and send 20,000 deliveries each, on average. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MariaDbNodesTest {
    private static final int NODES = 4;
    private static final int WEBHOOKS = 20;
    /** Half of them while the nodes run, and half before. */
    private static final int EVENTS_OF_EACH = 1_000;

    private static final int DELIVERIES = NODES * EVENTS_OF_EACH * WEBHOOKS;
    private static final int CHUNK = 50;
    private static final Duration WORK = Duration.ofMinutes(10);

    /** How often each delivery was sent, by path and event id. */
    private final Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();

    /** How many each node sent. */
    private final Map<Integer, AtomicInteger> shares = new ConcurrentHashMap<>();

    private final class Counting implements Transport {
        private final int node;

        Counting(int node) {
            this.node = node;
        }

        @Override
        public void open(EgressPolicy policy) {}

        @Override
        public Answer send(Request request) {
            String path = RecordedTransport.path(request.url());
            sent.computeIfAbsent(path + " " + request.headers().get("webhook-id"), pair -> new AtomicInteger())
                    .incrementAndGet();
            shares.computeIfAbsent(node, each -> new AtomicInteger()).incrementAndGet();
            return Answer.of(200);
        }

        @Override
        public void close() {}
    }

    private WebhookClient client(Database database, int node) {
        return WebhookClient.builder()
                .store(database.store())
                .transport(new Counting(node))
                .egress(EgressPolicy.development())
                .build();
    }

    @Test
    void eachDeliveryIsSentOnce() throws Exception {
        String url = MariaDbServer.shared().newDatabase();
        List<Database> databases = new ArrayList<>();
        List<WebhookClient> clients = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(2 * NODES);
        try (Database database = Database.at(url)) {
            for (int node = 0; node < NODES; node++) {
                databases.add(Database.at(url));
                clients.add(client(databases.get(node), node));
            }
            for (int i = 0; i < WEBHOOKS; i++) {
                clients.get(0)
                        .register(Webhook.builder("http://127.0.0.1:8080/" + i)
                                .id("w" + i)
                                .events("*")
                                .unsigned()
                                .build());
            }
            publish(client(database, NODES), NODES * EVENTS_OF_EACH / 2); // knows the webhooks from the start
            clients.forEach(WebhookClient::start);
            List<Future<?>> publishing = new ArrayList<>();
            clients.forEach(client -> publishing.add(threads.submit(() -> publish(client, EVENTS_OF_EACH / 2))));
            for (Future<?> each : publishing) {
                each.get();
            }
            await().atMost(WORK).until(() -> database.pending() == 0);

            assertThat(database.delivered()).isEqualTo(DELIVERIES);
            assertThat(database.history()).as("attempts").isEqualTo(DELIVERIES);
            System.out.println("sent by each node: " + shares + "; deadlocks of the server: "
                    + database.texts("SELECT VARIABLE_VALUE FROM INFORMATION_SCHEMA.GLOBAL_STATUS"
                            + " WHERE VARIABLE_NAME = 'INNODB_DEADLOCKS'"));
        } finally {
            threads.shutdownNow();
            clients.forEach(WebhookClient::close);
            databases.forEach(Database::close);
        }
        assertThat(sent).hasSize(DELIVERIES);
        assertThat(sent.values().stream().filter(times -> times.get() > 1))
                .as("sent twice")
                .isEmpty();
        assertThat(shares).as("nodes that sent").hasSize(NODES);
    }

    private static void publish(WebhookClient client, int events) {
        for (int i = 0; i < events; i += CHUNK) {
            client.publishAll(
                    IntStream.range(0, CHUNK).mapToObj(n -> Event.of("n", n)).toList());
        }
    }
}
