package io.github.webhooks4j.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Several ways to do the same, measured in turn: several rounds, after one that does not count, so that what else the machine
 * does meets all of them.
 *
 * @param count deliveries a run
 * @param rounds how many rounds count
 */
record Comparison(int count, int rounds) {
    private static final int SHORT = 1_000;
    private static final int MAX_WARM_UP = 20_000;

    /** One way. */
    interface Way {
        Run run(int count) throws Exception;
    }

    /** From {@code --count n}, {@code --rounds n} and {@code --short}. */
    static Comparison of(int defaultCount, String... args) {
        int count = defaultCount;
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
        return new Comparison(count, rounds);
    }

    /** The runs that count, by the name of the way. */
    Map<String, List<Run>> run(Map<String, Way> ways, PrintStream out) throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                Run run = way.getValue().run(round == 0 ? Math.min(count, MAX_WARM_UP) : count);
                out.printf(
                        "%s, %s: %,.0f/s%n", round == 0 ? "warm-up" : "round " + round, way.getKey(), run.perSecond());
                if (round > 0) {
                    runs.computeIfAbsent(way.getKey(), name -> new ArrayList<>())
                            .add(run);
                }
            }
        }
        return runs;
    }

    /** Prints a table, with each way beside the one of which it is a part or a multiple. */
    void print(Map<String, List<Run>> runs, Map<String, String> baselines, String baselineColumn, PrintStream out) {
        out.printf("| way | deliveries/s | lowest–highest | %s | CPU µs each |%n", baselineColumn);
        out.println("|---|--:|--:|--:|--:|");
        runs.forEach((way, each) -> {
            List<Run> baseline = runs.getOrDefault(baselines.getOrDefault(way, way), each);
            out.printf(
                    "| %s | %,.0f | %,.0f–%,.0f | %.2f | %.0f |%n",
                    way,
                    median(each, Run::perSecond),
                    each.stream().mapToDouble(Run::perSecond).min().orElse(0),
                    each.stream().mapToDouble(Run::perSecond).max().orElse(0),
                    median(each, Run::perSecond) / median(baseline, Run::perSecond),
                    median(each, Run::cpuMicros));
        });
    }

    static <T> double median(List<T> runs, ToDoubleFunction<T> what) {
        double[] sorted = runs.stream().mapToDouble(what).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
