package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * What a delivery costs where it can be counted, on PostgreSQL: statements, transactions, bytes of the write-ahead log, bytes
 * allocated. Counted for events that are published and delivered one at a time, which share nothing, and for a backlog.
 *
 * <p>Option: {@code --count n} deliveries each (2,000).
 */
public final class CostBenchmark {
    private static final int CHUNK = 500;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int count;
    private final PostgresServer server;
    private final RemoteReceiver receiver;

    private CostBenchmark(int count, PostgresServer server, RemoteReceiver receiver) {
        this.count = count;
        this.server = server;
        this.receiver = receiver;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        int count = args.length == 2 && args[0].equals("--count") ? Integer.parseInt(args[1]) : 2_000;
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        try (RemoteReceiver receiver = RemoteReceiver.start();
                PostgresServer server = PostgresServer.durable(folder, 0)) {
            // Neither images of whole pages nor vacuum, both of which come by time and not by delivery.
            PostgresServer.execute(
                    PostgresServer.dataSource(server.newDatabase()),
                    "ALTER SYSTEM SET full_page_writes = off",
                    "ALTER SYSTEM SET autovacuum = off",
                    "SELECT pg_reload_conf()");
            new CostBenchmark(count, server, receiver).run(new PrintStream(System.out, true, UTF_8));
        } finally {
            Storage.delete(folder);
        }
    }

    private void run(PrintStream out) throws Exception {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("publish and deliver, one at a time", this::oneAtATime);
        ways.put("drain", this::drain);
        for (Way way : ways.values()) {
            measure(way, new Calls()); // a warm-up
        }
        out.println("| of a delivery | statements | transactions | WAL bytes | bytes allocated |");
        out.println("|---|--:|--:|--:|--:|");
        for (Map.Entry<String, Way> way : ways.entrySet()) {
            Calls calls = new Calls();
            long wal = measure(way.getValue(), calls).walBytes;
            long allocated = measure(way.getValue(), Calls.NONE).allocated;
            out.printf(
                    "| %s | %.3f | %.3f | %.0f | %.0f |%n",
                    way.getKey(), each(calls.statements), each(calls.commits), each(wal), each(allocated));
        }
    }

    private double each(Number total) {
        return total.doubleValue() / count;
    }

    /** What is counted of a client that delivers so many. */
    private interface Way {
        void deliver(WebhookClient client, Costs costs) throws Exception;
    }

    private void oneAtATime(WebhookClient client, Costs costs) throws Exception {
        client.start();
        deliverOneByOne(client, costs, 1); // what is done once for all
        costs.begin();
        deliverOneByOne(client, costs, count);
        costs.end();
    }

    private void deliverOneByOne(WebhookClient client, Costs costs, int deliveries) throws Exception {
        for (int i = 0; i < deliveries; i++) {
            long before = receiver.count();
            client.publish(event());
            receiver.awaitCount(before + 1);
            costs.awaitNothingPending();
        }
    }

    private void drain(WebhookClient client, Costs costs) throws Exception {
        for (int i = 0; i < count; i += CHUNK) {
            client.publishAll(IntStream.range(i, Math.min(i + CHUNK, count))
                    .mapToObj(n -> event())
                    .toList());
        }
        long before = receiver.count();
        costs.begin();
        client.start();
        receiver.awaitCount(before + count);
        costs.awaitNothingPending();
        costs.end();
    }

    private static Event event() {
        return Event.builder("n").json(DrainBenchmark.DATA).build();
    }

    private Costs measure(Way way, Calls calls) throws Exception {
        try (HikariDataSource pool = Storage.pool(server.newDatabase())) {
            Costs costs = new Costs(pool, calls);
            DataSource dataSource = calls == Calls.NONE ? pool : calls.counted(DataSource.class, pool);
            try (WebhookClient client = WebhookClient.builder()
                    .store(JdbcDeliveryStore.builder(dataSource)
                            .secretKeys(SecretKeys.plaintext())
                            .build())
                    .transport(OkHttpTransport.create())
                    .egress(EgressPolicy.development())
                    .build()) {
                client.register(Webhook.builder(receiver.url(0))
                        .id("hook")
                        .events("*")
                        .signer(Signer.standardWebhooks(Secret.random()))
                        .build());
                way.deliver(client, costs);
            }
            return costs;
        }
    }

    /** What was counted between beginning and end. */
    private static final class Costs {
        private final DataSource pool;
        private final Calls calls;
        private long walBytes;
        private long allocated;
        private Map<Long, Long> allocatedBefore = Map.of();

        private Costs(DataSource pool, Calls calls) {
            this.pool = pool;
            this.calls = calls;
        }

        private void begin() throws SQLException {
            PostgresServer.execute(pool, "CHECKPOINT");
            walBytes = number("SELECT pg_current_wal_insert_lsn() - '0/0'");
            allocatedBefore = allocations();
            calls.begin();
        }

        private void end() throws SQLException {
            calls.end();
            allocations().forEach((id, bytes) -> allocated += bytes - allocatedBefore.getOrDefault(id, 0L));
            walBytes = number("SELECT pg_current_wal_insert_lsn() - '0/0'") - walBytes;
        }

        /** By all threads but this one, which waits. */
        private static Map<Long, Long> allocations() {
            Map<Long, Long> bytes = new HashMap<>();
            for (long id : THREADS.getAllThreadIds()) {
                if (id != Thread.currentThread().getId()) {
                    bytes.put(id, Math.max(0, THREADS.getThreadAllocatedBytes(id)));
                }
            }
            return bytes;
        }

        private void awaitNothingPending() throws SQLException {
            long began = System.nanoTime();
            while (number("SELECT COUNT(*) FROM webhooks_deliveries") > 0) {
                if (System.nanoTime() - began > PATIENCE_NANOS) {
                    throw new IllegalStateException("not everything was delivered");
                }
                LockSupport.parkNanos(100_000);
            }
        }

        private long number(String sql) throws SQLException {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Counts what is asked of a database. */
    private static final class Calls {
        private static final Calls NONE = new Calls();

        private final AtomicLong statements = new AtomicLong();
        private final AtomicLong commits = new AtomicLong();
        private volatile boolean counting;

        private void begin() {
            counting = true;
        }

        private void end() {
            counting = false;
        }

        private <T> T counted(Class<T> type, Object target) {
            return type.cast(Proxy.newProxyInstance(
                    CostBenchmark.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
                        if (counting && method.getName().startsWith("execute")) {
                            statements.incrementAndGet();
                        } else if (counting && method.getName().equals("commit")) {
                            commits.incrementAndGet();
                        }
                        Class<?> returned = method.getReturnType();
                        try {
                            Object result = method.invoke(target, args);
                            return returned == Connection.class || Statement.class.isAssignableFrom(returned)
                                    ? counted(returned, result)
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }
}
