package io.github.webhooks4j.it;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Publication;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The process behind a {@link Node}: delivers until its standard input ends, and publishes as many events as each line of it
 * says. It says which were stored, on its standard output.
 */
final class NodeProcess {
    /** As many as share a commit now and then. */
    private static final int PUBLISHERS = 8;

    private NodeProcess() {}

    /**
     * Runs it.
     *
     * @param args the database's URL, the node's name, the concurrency for each webhook, the request time-out in
     *     milliseconds, the kill point and how often the process gets there
     */
    public static void main(String[] args) throws IOException {
        KillPoint.Trap trap = new KillPoint.Trap(KillPoint.valueOf(args[4]), Integer.parseInt(args[5]));
        try (Database database = Database.at(args[0])) {
            DeliveryStore store = trap.in((DeliveryStore) JdbcDeliveryStore.builder(trap.in(database.pool()))
                    .secretKeys(SecretKeys.plaintext())
                    .build());
            try (WebhookClient client = WebhookClient.builder()
                    .store(store)
                    .transport(trap.in(named(OkHttpTransport.create(), args[1])))
                    .egress(EgressPolicy.development())
                    .concurrencyPerWebhook(Integer.parseInt(args[2]))
                    .requestTimeout(Duration.ofMillis(Long.parseLong(args[3])))
                    .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(500), 20))
                    .build()
                    .start()) {
                say("ready");
                serve(client, args[1]);
            }
        }
    }

    private static void serve(WebhookClient client, String name) throws IOException {
        ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int asked = 0;
        for (String count = commands.readLine(); count != null; count = commands.readLine()) {
            for (int i = Integer.parseInt(count); i > 0; i--) {
                Event.Builder event = Event.builder("n").data(asked);
                // An id of the application's own has a commit of its own; the others share.
                Event next = asked % 4 == 0 ? event.id(name + "-" + asked).build() : event.build();
                publishers.execute(() -> publish(client, next));
                asked++;
            }
        }
        publishers.shutdown();
    }

    private static void publish(WebhookClient client, Event event) {
        try {
            Publication stored = client.publish(event);
            say("stored " + stored.eventId());
        } catch (RuntimeException e) {
            say("refused " + e);
        }
    }

    private static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
        }
    }

    /** Has the node name itself in each request. */
    private static Transport named(Transport transport, String name) {
        return new Transport() {
            @Override
            public void open(EgressPolicy policy) {
                transport.open(policy);
            }

            @Override
            public Answer send(Request request) {
                Map<String, String> headers = new HashMap<>(request.headers());
                headers.put(Arrivals.NODE, name);
                return transport.send(
                        new Request(request.method(), request.url(), headers, request.body(), request.timeout()));
            }

            @Override
            public void close() {
                transport.close();
            }
        };
    }
}
