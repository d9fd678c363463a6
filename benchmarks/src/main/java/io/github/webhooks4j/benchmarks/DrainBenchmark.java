package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How fast a backlog is delivered, beside OkHttp alone making the same requests: same number, same concurrency, same
 * headers, same size of the body, same receiver. All ways are measured in turn, several rounds after one that does not
 * count, so that what else the machine does meets all of them.
 *
 * <p>Options: {@code --count n} deliveries a run (100,000), {@code --rounds n} (3), {@code --short} (1,000 in one round).
 */
public final class DrainBenchmark {
    private static final int WEBHOOKS = 20;
    private static final int CONCURRENCY = 5;
    private static final int PUBLISHERS = 64;
    private static final String BASELINE = "OkHttp alone";

    /** About what an event has: 300 bytes of data, 400 of body. */
    static final String DATA = "{\"invoice\":\"in_42\",\"total\":1999,\"note\":\"" + "x".repeat(255) + "\"}";

    static final String BODY = "{\"id\":\"evt_0197a3c5e1d27c5a9f3b6c2d1e0f4a5b\",\"type\":\"type.12\","
            + "\"timestamp\":\"2026-03-01T10:15:30.123Z\",\"data\":" + DATA + "}";

    private final Comparison comparison;

    private DrainBenchmark(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        of(args).run(out);
    }

    static DrainBenchmark of(String... args) {
        return new DrainBenchmark(Comparison.of(100_000, args));
    }

    /** The runs that count, by the name of the way. */
    Map<String, List<Run>> run(PrintStream out) throws Exception {
        try (RemoteReceiver receiver = RemoteReceiver.start()) {
            Map<String, List<Run>> runs = comparison.run(ways(receiver), out);
            out.printf(
                    "%n%,d deliveries to %d webhooks, %d at a time each; medians of %d round(s)%n%n",
                    comparison.count(), WEBHOOKS, CONCURRENCY, comparison.rounds());
            Map<String, String> baselines =
                    runs.keySet().stream().collect(Collectors.toMap(way -> way, way -> BASELINE));
            comparison.print(runs, baselines, "of OkHttp alone", out);
            return runs;
        }
    }

    private static Map<String, Comparison.Way> ways(RemoteReceiver receiver) throws IOException {
        BareOkHttp bare = new BareOkHttp(receiver, WEBHOOKS, WEBHOOKS * CONCURRENCY, BODY.getBytes(UTF_8));
        Webhooks4j library = new Webhooks4j(receiver, WEBHOOKS, CONCURRENCY, DATA);
        Map<String, Comparison.Way> ways = new LinkedHashMap<>();
        ways.put(BASELINE, bare::run);
        ways.put("drain, in-memory store", count -> library.drain(Storage.inMemoryStore(), count));
        ways.put("drain, H2 in memory", count -> library.drain(Storage.h2Memory(), count));
        ways.put("drain, H2 file", count -> library.drain(Storage.h2File(), count));
        ways.put(
                "publish and deliver, in-memory store",
                count -> library.live(Storage.inMemoryStore(), count, PUBLISHERS));
        ways.put("publish and deliver, H2 in memory", count -> library.live(Storage.h2Memory(), count, PUBLISHERS));
        ways.put("publish and deliver, H2 file", count -> library.live(Storage.h2File(), count, PUBLISHERS));
        return ways;
    }
}
