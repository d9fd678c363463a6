package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.jdbc.MariaDbServer;
import io.github.webhooks4j.jdbc.PostgresServer;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The library on MariaDB beside the library on PostgreSQL, for the record: each server with its own defaults, durable, on the same disk.
 *
 * <p>Options: {@code --count n} deliveries a run (50,000), {@code --rounds n} (3), {@code --short} (1,000 in one round).
 */
public final class ServersBenchmark {
    private static final int WEBHOOKS = 20;
    private static final int CONCURRENCY = 5;
    private static final int PUBLISHERS = 64;
    private static final String DRAIN = "drain, ";
    private static final String LIVE = "publish and deliver, ";
    private static final String POSTGRESQL = "PostgreSQL";
    private static final String MARIADB = "MariaDB";

    private final Comparison comparison;

    private ServersBenchmark(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        of(args).run(new PrintStream(System.out, true, UTF_8));
    }

    static ServersBenchmark of(String... args) {
        return new ServersBenchmark(Comparison.of(50_000, args));
    }

    /** The runs that count, by the name of the way. */
    Map<String, List<Run>> run(PrintStream out) throws Exception {
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        try (RemoteReceiver receiver = RemoteReceiver.start();
                PostgresServer postgres = PostgresServer.durable(folder.resolve("postgresql"), 0);
                MariaDbServer maria = MariaDbServer.durable(folder.resolve("mariadb"), 0)) {
            Webhooks4j library = new Webhooks4j(receiver, WEBHOOKS, CONCURRENCY, DrainBenchmark.DATA);
            Map<String, Comparison.Way> ways = new LinkedHashMap<>();
            ways.put(DRAIN + POSTGRESQL, count -> library.drain(Storage.postgres(postgres), count));
            ways.put(DRAIN + MARIADB, count -> library.drain(Storage.mariaDb(maria), count));
            ways.put(LIVE + POSTGRESQL, count -> library.live(Storage.postgres(postgres), count, PUBLISHERS));
            ways.put(LIVE + MARIADB, count -> library.live(Storage.mariaDb(maria), count, PUBLISHERS));
            Map<String, List<Run>> runs = comparison.run(ways, out);
            out.printf(
                    "%n%,d deliveries, %d requests at a time, %d publishers; medians of %d round(s)%n%n",
                    comparison.count(), WEBHOOKS * CONCURRENCY, PUBLISHERS, comparison.rounds());
            comparison.print(
                    runs,
                    Map.of(
                            DRAIN + POSTGRESQL, DRAIN + POSTGRESQL,
                            DRAIN + MARIADB, DRAIN + POSTGRESQL,
                            LIVE + POSTGRESQL, LIVE + POSTGRESQL,
                            LIVE + MARIADB, LIVE + POSTGRESQL),
                    "of PostgreSQL",
                    out);
            return runs;
        } finally {
            Storage.delete(folder);
        }
    }
}
