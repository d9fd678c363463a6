package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.jdbc.PostgresServer;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The library beside what people build by hand on db-scheduler, on one PostgreSQL server: the same number of deliveries, at
 * most as many requests at a time, the same receiver.
 *
 * <p>Options: {@code --count n} deliveries a run (200,000), {@code --rounds n} (3), {@code --short} (1,000 in one round).
 */
public final class PeerBenchmark {
    private static final int WEBHOOKS = 10;
    private static final int CONCURRENCY = 5;
    private static final int PUBLISHERS = 64;
    private static final String DRAIN = "drain, ";
    private static final String LIVE = "publish and deliver, ";
    private static final String OURS = "webhooks4j";
    private static final String THEIRS = "db-scheduler";

    private final Comparison comparison;

    private PeerBenchmark(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        of(args).run(new PrintStream(System.out, true, UTF_8));
    }

    static PeerBenchmark of(String... args) {
        return new PeerBenchmark(Comparison.of(200_000, args));
    }

    /** The runs that count, by the name of the way. */
    Map<String, List<Run>> run(PrintStream out) throws Exception {
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        try (RemoteReceiver receiver = RemoteReceiver.start();
                PostgresServer server = PostgresServer.durable(folder, 0)) {
            Map<String, List<Run>> runs = comparison.run(ways(receiver, server), out);
            out.printf(
                    "%n%,d deliveries, %d requests at a time, %d publishers; medians of %d round(s)%n%n",
                    comparison.count(), WEBHOOKS * CONCURRENCY, PUBLISHERS, comparison.rounds());
            comparison.print(
                    runs, Map.of(DRAIN + OURS, DRAIN + THEIRS, LIVE + OURS, LIVE + THEIRS), "of db-scheduler", out);
            return runs;
        } finally {
            Storage.delete(folder);
        }
    }

    private static Map<String, Comparison.Way> ways(RemoteReceiver receiver, PostgresServer server) {
        Webhooks4j ours = new Webhooks4j(receiver, WEBHOOKS, CONCURRENCY, DrainBenchmark.DATA);
        DbScheduler theirs = new DbScheduler(receiver, WEBHOOKS, WEBHOOKS * CONCURRENCY, DrainBenchmark.BODY);
        Map<String, Comparison.Way> ways = new LinkedHashMap<>();
        ways.put(DRAIN + THEIRS, count -> theirs.drain(server, count));
        ways.put(DRAIN + OURS, count -> ours.drain(Storage.postgres(server), count));
        ways.put(LIVE + THEIRS, count -> theirs.live(server, count, PUBLISHERS));
        ways.put(LIVE + OURS, count -> ours.live(Storage.postgres(server), count, PUBLISHERS));
        return ways;
    }
}
