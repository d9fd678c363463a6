package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.benchmarks.MixedReceivers.Kind;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.PostgresServer;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What three bad webhooks cost a hundred healthy ones on PostgreSQL: one whose receiver is dead and for which 100,000 deliveries are
 * due, one that answers after ten seconds, and one whose answer comes byte by byte. Runs with and without them take turns.
 *
 * <p>Options: {@code --rounds n} (3), {@code --short} (one round of a few seconds).
 */
public final class FairnessBenchmark {
    private static final int HEALTHY = 100;
    private static final int PUBLISHERS = 32;
    private static final int CHUNK = 500;
    private static final long SLOW_MILLIS = 10_000;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final String AT = "\"at\":";

    /**
     * How much of what.
     *
     * @param rounds how many count, after one that does not if they are several
     * @param backlog how many deliveries are due for the dead webhook; the other two have a tenth
     * @param perSecond how many events are published in a second of the steady load
     * @param seconds how long the steady load lasts
     * @param flatOut how many events are published as fast as they can be
     */
    record Size(int rounds, int backlog, int perSecond, int seconds, int flatOut) {}

    /**
     * One run.
     *
     * @param perSecond healthy deliveries, when events are published as fast as they can be
     * @param p50Millis from publish to arrival under the steady load, for half of them
     * @param p99Millis the same, for 99 of 100
     * @param lost healthy events that did not arrive
     * @param claims how often deliveries of bad webhooks were claimed, by half of the steady load
     * @param rows how many deliveries those claims brought
     */
    record Result(
            double perSecond, double p50Millis, double p99Millis, int lost, List<Integer> claims, List<Integer> rows) {}

    private final Size size;

    private FairnessBenchmark(Size size) {
        this.size = size;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        of(args).run(new PrintStream(System.out, true, UTF_8));
    }

    static FairnessBenchmark of(String... args) {
        Comparison options = Comparison.of(100_000, args);
        boolean isShort = options.count() < 100_000;
        return new FairnessBenchmark(
                isShort ? new Size(1, 2_000, 300, 4, 2_000) : new Size(options.rounds(), 100_000, 1_000, 30, 40_000));
    }

    /** The runs that count: first those without bad webhooks, then those with them. */
    List<List<Result>> run(PrintStream out) throws Exception {
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        List<List<Result>> results = List.of(new ArrayList<>(), new ArrayList<>());
        try (PostgresServer server = PostgresServer.durable(folder, 0)) {
            for (int round = size.rounds > 1 ? 0 : 1; round <= size.rounds; round++) {
                for (boolean bad : new boolean[] {false, true}) {
                    Result result = new OneRun(bad).measure(server);
                    out.println(
                            (round == 0 ? "warm-up" : "round " + round) + (bad ? ", with: " : ", without: ") + result);
                    if (round > 0) {
                        results.get(bad ? 1 : 0).add(result);
                    }
                }
            }
        } finally {
            Storage.delete(folder);
        }
        print(results, out);
        return results;
    }

    private void print(List<List<Result>> results, PrintStream out) {
        out.printf(
                "%n%d healthy webhooks, %,d events/s for %d s, then %,d flat out; medians of %d round(s)%n%n",
                HEALTHY, size.perSecond, size.seconds, size.flatOut, size.rounds);
        out.println("| of the healthy webhooks | without | with three bad ones | ratio |");
        out.println("|---|--:|--:|--:|");
        print("deliveries/s, flat out", results, Result::perSecond, out);
        print("ms from publish to arrival, median", results, Result::p50Millis, out);
        print("ms from publish to arrival, 99 % within", results, Result::p99Millis, out);
    }

    private static void print(
            String name, List<List<Result>> results, ToDoubleFunction<Result> figure, PrintStream out) {
        double without = Comparison.median(results.get(0), figure);
        double with = Comparison.median(results.get(1), figure);
        out.printf("| %s | %,.1f | %,.1f | %.2f |%n", name, without, with, with / without);
    }

    /** One run, on a new database. */
    private final class OneRun implements MixedReceivers.Arrivals {
        private final List<Kind> bad;
        private final long[] latencies = new long[size.perSecond * size.seconds];
        private final AtomicInteger measured = new AtomicInteger();
        private final AtomicInteger arrived = new AtomicInteger();
        private final AtomicLong lastNanos = new AtomicLong();
        private volatile boolean steady = true;

        OneRun(boolean withBad) {
            bad = withBad ? List.of(Kind.DEAD, Kind.SLOW, Kind.DRIPPING) : List.of();
        }

        @Override
        public void arrived(String body, long nanos) {
            arrived.incrementAndGet();
            lastNanos.accumulateAndGet(nanos, Math::max);
            int at = body.indexOf(AT) + AT.length();
            int slot = steady ? measured.getAndIncrement() : latencies.length;
            if (slot < latencies.length) {
                latencies[slot] = nanos - Long.parseLong(body.substring(at, body.indexOf('}', at)));
            }
        }

        Result measure(PostgresServer server) throws Exception {
            ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
            try (MixedReceivers receivers = new MixedReceivers(this, SLOW_MILLIS);
                    Storage storage = Storage.postgres(server)) {
                CountedClaims claims = new CountedClaims(
                        storage.store(), Set.of(Kind.DEAD.name(), Kind.SLOW.name(), Kind.DRIPPING.name()));
                try (WebhookClient client = WebhookClient.builder()
                        .store(claims.store())
                        .transport(OkHttpTransport.create())
                        .egress(EgressPolicy.development())
                        .build()) {
                    register(client, receivers);
                    leaveBacklog(client);
                    client.start();
                    return measure(client, claims, publishers);
                }
            } finally {
                publishers.shutdownNow();
            }
        }

        private void register(WebhookClient client, MixedReceivers receivers) {
            Stream<String> healthy = IntStream.range(0, HEALTHY).mapToObj(OneRun::healthy);
            healthy.forEach(id -> client.register(webhook(id, receivers.url(Kind.HEALTHY))));
            bad.forEach(kind -> client.register(webhook(kind.name(), receivers.url(kind))));
        }

        /** Each of a tenant of its own. */
        private static Webhook webhook(String id, String url) {
            return Webhook.builder(url).id(id).tenant(id).events("*").unsigned().build();
        }

        private static String healthy(int n) {
            return "healthy-" + n % HEALTHY;
        }

        private void leaveBacklog(WebhookClient client) {
            for (Kind kind : bad) {
                int count = kind == Kind.DEAD ? size.backlog : size.backlog / 10;
                for (int i = 0; i < count; i += CHUNK) {
                    client.publishAll(IntStream.range(i, Math.min(i + CHUNK, count))
                            .mapToObj(n -> event(kind.name()))
                            .toList());
                }
            }
        }

        private static Event event(String tenant) {
            return Event.builder("n")
                    .tenant(tenant)
                    .json("{" + AT + System.nanoTime() + "}")
                    .build();
        }

        private Result measure(WebhookClient client, CountedClaims claims, ExecutorService publishers)
                throws Exception {
            List<Integer> calls = new ArrayList<>();
            List<Integer> rows = new ArrayList<>();
            int half = latencies.length / 2;
            for (int i = 0; i < 2; i++) {
                int calledBefore = claims.calls();
                int claimedBefore = claims.rows();
                publish(client, publishers, half, size.perSecond);
                calls.add(claims.calls() - calledBefore);
                rows.add(claims.rows() - claimedBefore);
            }
            awaitArrivals(2 * half);
            steady = false;
            long[] sorted = Arrays.stream(latencies).limit(2L * half).sorted().toArray();
            long began = System.nanoTime();
            publish(client, publishers, size.flatOut, Integer.MAX_VALUE);
            int all = 2 * half + size.flatOut;
            awaitArrivals(all);
            return new Result(
                    size.flatOut * 1e9 / (lastNanos.get() - began),
                    sorted[sorted.length / 2] / 1e6,
                    sorted[(int) (sorted.length * 0.99)] / 1e6,
                    all - arrived.get(),
                    calls,
                    rows);
        }

        private void publish(WebhookClient client, ExecutorService publishers, int count, int perSecond)
                throws Exception {
            AtomicInteger next = new AtomicInteger();
            long began = System.nanoTime();
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                loops.add(publishers.submit(() -> {
                    for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        long turn = began + n * TimeUnit.SECONDS.toNanos(1) / perSecond;
                        for (long left = turn - System.nanoTime(); left > 0; left = turn - System.nanoTime()) {
                            LockSupport.parkNanos(left);
                        }
                        client.publish(event(healthy(n)));
                    }
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
        }

        private void awaitArrivals(int count) {
            long began = System.nanoTime();
            while (arrived.get() < count && System.nanoTime() - began < PATIENCE_NANOS) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }
}
