package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How fast a backlog is delivered, beside OkHttp alone making the same requests: same number, same concurrency, same
 * headers, same size of the body, same receiver. All ways are measured in turn, several rounds after one that does not
 * count, so that what else the machine does meets all of them.
 *
 * <p>Options: {@code --count n} deliveries a run (100,000), {@code --rounds n} (3), {@code --short} (5,000 in one round).
 */
public final class DrainBenchmark {
    private static final int WEBHOOKS = 20;
    private static final int CONCURRENCY = 5;
    private static final int PUBLISHERS = 64;
    private static final int SHORT = 5_000;
    private static final int MAX_WARM_UP = 20_000;
    private static final String BASELINE = "OkHttp alone";

    /** About what an event has: 300 bytes of data, 400 of body. */
    private static final String DATA = "{\"invoice\":\"in_42\",\"total\":1999,\"note\":\"" + "x".repeat(255) + "\"}";

    private static final String BODY = "{\"id\":\"evt_0197a3c5e1d27c5a9f3b6c2d1e0f4a5b\",\"type\":\"type.12\","
            + "\"timestamp\":\"2026-03-01T10:15:30.123Z\",\"data\":" + DATA + "}";

    private final int count;
    private final int rounds;

    private DrainBenchmark(int count, int rounds) {
        this.count = count;
        this.rounds = rounds;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        of(args).run(out);
    }

    static DrainBenchmark of(String... args) {
        int count = 100_000;
        int rounds = 3;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--count" -> count = Integer.parseInt(args[++i]);
                case "--rounds" -> rounds = Integer.parseInt(args[++i]);
                case "--short" -> {
                    count = SHORT;
                    rounds = 1;
                }
                default ->
                    throw new IllegalArgumentException(
                            args[i] + " is unknown; the options are --count n, --rounds n and --short");
            }
        }
        return new DrainBenchmark(count, rounds);
    }

    /** One way to make the requests. */
    private interface Way {
        Run run(int count) throws Exception;
    }

    /** The runs that count, by the name of the way. */
    Map<String, List<Run>> run(PrintStream out) throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        try (RemoteReceiver receiver = RemoteReceiver.start()) {
            Map<String, Way> ways = ways(receiver);
            for (int round = 0; round <= rounds; round++) {
                for (Map.Entry<String, Way> way : ways.entrySet()) {
                    Run run = way.getValue().run(round == 0 ? Math.min(count, MAX_WARM_UP) : count);
                    out.printf(
                            "%s, %s: %,.0f/s%n",
                            round == 0 ? "warm-up" : "round " + round, way.getKey(), run.perSecond());
                    if (round > 0) {
                        runs.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                                .add(run);
                    }
                }
            }
        }
        print(runs, out);
        return runs;
    }

    private static Map<String, Way> ways(RemoteReceiver receiver) throws IOException {
        BareOkHttp bare = new BareOkHttp(receiver, WEBHOOKS, WEBHOOKS * CONCURRENCY, BODY.getBytes(UTF_8));
        Webhooks4j library = new Webhooks4j(receiver, WEBHOOKS, CONCURRENCY, DATA);
        Map<String, Way> ways = new LinkedHashMap<>();
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

    private void print(Map<String, List<Run>> runs, PrintStream out) {
        out.printf(
                "%n%,d deliveries to %d webhooks, %d at a time each; medians of %d round(s)%n%n",
                count, WEBHOOKS, CONCURRENCY, rounds);
        out.println("| way | deliveries/s | lowest–highest | of OkHttp alone | CPU µs each |");
        out.println("|---|--:|--:|--:|--:|");
        double baseline = median(runs.getOrDefault(BASELINE, List.of()), Run::perSecond);
        runs.forEach((way, each) -> out.printf(
                "| %s | %,.0f | %,.0f–%,.0f | %.2f | %.0f |%n",
                way,
                median(each, Run::perSecond),
                each.stream().mapToDouble(Run::perSecond).min().orElse(0),
                each.stream().mapToDouble(Run::perSecond).max().orElse(0),
                median(each, Run::perSecond) / baseline,
                median(each, Run::cpuMicros)));
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> what) {
        double[] sorted = runs.stream().mapToDouble(what).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
