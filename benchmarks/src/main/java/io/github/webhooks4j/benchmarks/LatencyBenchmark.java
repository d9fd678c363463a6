package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long it takes from the moment an event is durable until its request has arrived, on PostgreSQL, one event at a time: by
 * publish alone (from its return), in a transaction of the store's (from the commit's return), and in one that was joined.
 *
 * <p>Option: {@code --count n} events each (1,000).
 */
public final class LatencyBenchmark {
    private static final int WARM_UP = 200;
    private static final long PATIENCE_SECONDS = 30;

    private final LinkedBlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
    private final int count;

    private LatencyBenchmark(int count) {
        this.count = count;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        int count = args.length == 2 && args[0].equals("--count") ? Integer.parseInt(args[1]) : 1_000;
        new LatencyBenchmark(count).run(new PrintStream(System.out, true, UTF_8));
    }

    /** Publishes one event, and returns when it was durable. */
    private interface Way {
        long publish() throws SQLException;
    }

    private void run(PrintStream out) throws Exception {
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(Executors.newCachedThreadPool());
        receiver.createContext("/", exchange -> {
            arrivals.add(System.nanoTime());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        try (PostgresServer server = PostgresServer.durable(folder, 0);
                HikariDataSource pool = Storage.pool(server.newDatabase())) {
            JdbcDeliveryStore store = JdbcDeliveryStore.builder(pool)
                    .secretKeys(SecretKeys.plaintext())
                    .build();
            try (WebhookClient client = WebhookClient.builder()
                    .store(store)
                    .transport(OkHttpTransport.create())
                    .egress(EgressPolicy.development())
                    .build()) {
                client.register(Webhook.builder(
                                "http://127.0.0.1:" + receiver.getAddress().getPort() + "/")
                        .id("hook")
                        .events("*")
                        .unsigned()
                        .build());
                client.start();
                measure(ways(client, store, pool), out);
            }
        } finally {
            receiver.stop(0);
            Storage.delete(folder);
        }
    }

    private static Map<String, Way> ways(WebhookClient client, JdbcDeliveryStore store, HikariDataSource pool) {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("publish", () -> {
            client.publish(Event.of("n", 1));
            return System.nanoTime();
        });
        ways.put("publish within inTransaction", () -> {
            store.inTransaction(connection -> client.publish(Event.of("n", 1)));
            return System.nanoTime();
        });
        ways.put("publish within join", () -> {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                store.join(connection, () -> client.publish(Event.of("n", 1)));
                connection.commit();
                return System.nanoTime();
            }
        });
        return ways;
    }

    private void measure(Map<String, Way> ways, PrintStream out) throws Exception {
        out.println("| way | median ms | 99 % within ms |");
        out.println("|---|--:|--:|");
        for (Map.Entry<String, Way> way : ways.entrySet()) {
            latencies(way.getValue(), WARM_UP);
            long[] nanos = latencies(way.getValue(), count);
            Arrays.sort(nanos);
            out.printf(
                    "| %s | %.1f | %.1f |%n", way.getKey(), nanos[count / 2] / 1e6, nanos[(int) (count * 0.99)] / 1e6);
        }
    }

    private long[] latencies(Way way, int count) throws Exception {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            long durable = way.publish();
            Long arrived = arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (arrived == null) {
                throw new IllegalStateException("an event did not arrive");
            }
            nanos[i] = Math.max(0, arrived - durable);
        }
        return nanos;
    }
}
