package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Two versions of the library beside each other, each with a PostgreSQL server of its own: what a change costs. A pair is a new
 * process of each version; their runs take turns, in changing order, so that what else the machine does meets both, and new
 * processes for each pair so that what one compiler run happened to do is not taken for the change.
 *
 * <p>Options: {@code --before jar} the {@code benchmarks.jar} of the version before (its own jar if absent: the same code twice),
 * {@code --pairs n} (10), {@code --warm-ups n} of each pair, which do not count (4; with 14, processes differ much less), {@code
 * --rounds n} of each pair (6), {@code --count n} deliveries a run (4,000), {@code --short} one pair with one round.
 */
public final class BeforeAfterBenchmark {
    private static final List<String> WAYS = List.of("live", "drain");
    private static final int WARM_UPS = 4;

    /** Two-sided 95 % quantiles of Student's distribution, by degrees of freedom. */
    private static final double[] STUDENT = {
        0, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10,
        2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05
    };

    private final Map<String, String> options;

    private BeforeAfterBenchmark(Map<String, String> options) {
        this.options = options;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        of(args).run(new PrintStream(System.out, true, UTF_8));
    }

    static BeforeAfterBenchmark of(String... args) {
        Map<String, String> options = new LinkedHashMap<>(Map.of(
                "--before",
                System.getProperty("java.class.path"),
                "--pairs",
                "10",
                "--rounds",
                "6",
                "--count",
                "4000",
                "--warm-ups",
                String.valueOf(WARM_UPS)));
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--short")) {
                options.putAll(Map.of("--pairs", "1", "--rounds", "1", "--warm-ups", "0"));
            } else if (!options.containsKey(args[i]) || i + 1 == args.length) {
                throw new IllegalArgumentException(
                        args[i] + " is unknown, or has no value; the options are --short, and "
                                + String.join(", ", options.keySet()) + " with a value");
            } else {
                options.put(args[i], args[++i]);
            }
        }
        return new BeforeAfterBenchmark(options);
    }

    private String option(String name) {
        return Objects.requireNonNull(options.get(name));
    }

    private int number(String option) {
        return Integer.parseInt(option(option));
    }

    /** What one run of one side took. */
    private record Measured(double perSecond, double cpuMicros) {}

    /** After divided by before, by the name of what was measured, one for each pair. */
    Map<String, List<Double>> run(PrintStream out) throws IOException {
        Map<String, List<Double>> ratios = new LinkedHashMap<>();
        for (int pair = 1; pair <= number("--pairs"); pair++) {
            Map<String, Double> measured = pair(pair);
            measured.forEach((what, ratio) ->
                    ratios.computeIfAbsent(what, name -> new ArrayList<>()).add(ratio));
            out.println("pair " + pair + ", after/before: " + measured);
        }
        out.printf(
                "%n| after/before, %d pair(s) | mean | 95 %% interval | median |%n|---|--:|--:|--:|%n",
                number("--pairs"));
        ratios.forEach((what, each) -> {
            double[] interval = interval(each);
            out.printf(
                    "| %s | %.3f | %.3f–%.3f | %.3f |%n",
                    what, interval[1], interval[0], interval[2], Comparison.median(each, ratio -> ratio));
        });
        return ratios;
    }

    private Map<String, Double> pair(int number) throws IOException {
        Map<String, List<Measured>> before = new LinkedHashMap<>();
        Map<String, List<Measured>> after = new LinkedHashMap<>();
        try (Side first = Side.start(option("--before"));
                Side second = Side.start(System.getProperty("java.class.path"))) {
            for (int round = -number("--warm-ups"); round < number("--rounds"); round++) {
                Map<String, List<Measured>> beforeRuns = round < 0 ? new LinkedHashMap<>() : before;
                Map<String, List<Measured>> afterRuns = round < 0 ? new LinkedHashMap<>() : after;
                for (String way : WAYS) {
                    if (Math.floorMod(round + number, 2) == 0) {
                        first.run(way, number("--count"), beforeRuns);
                        second.run(way, number("--count"), afterRuns);
                    } else {
                        second.run(way, number("--count"), afterRuns);
                        first.run(way, number("--count"), beforeRuns);
                    }
                }
            }
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (String way : WAYS) {
            String name = way.equals("live") ? "publish and deliver" : way;
            ratios.put(name + ", deliveries/s", ratio(before.get(way), after.get(way), Measured::perSecond));
            ratios.put(name + ", CPU µs each", ratio(before.get(way), after.get(way), Measured::cpuMicros));
        }
        return ratios;
    }

    private static double ratio(
            @Nullable List<Measured> before, @Nullable List<Measured> after, ToDoubleFunction<Measured> what) {
        return Comparison.median(Objects.requireNonNull(after), what)
                / Comparison.median(Objects.requireNonNull(before), what);
    }

    /** Lower end, geometric mean, upper end. */
    static double[] interval(List<Double> ratios) {
        double[] logs = ratios.stream().mapToDouble(Math::log).toArray();
        double mean = Arrays.stream(logs).average().orElse(0);
        double squares =
                Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum();
        double error = logs.length < 2 ? 0 : Math.sqrt(squares / (logs.length - 1) / logs.length);
        double t = logs.length < 30 ? STUDENT[Math.max(1, logs.length - 1)] : 2;
        return new double[] {Math.exp(mean - t * error), Math.exp(mean), Math.exp(mean + t * error)};
    }

    /** A process of one version. */
    private static final class Side implements AutoCloseable {
        private final Process process;
        private final BufferedReader answers;

        private Side(Process process) {
            this.process = process;
            answers = process.inputReader(UTF_8);
        }

        static Side start(String classPath) throws IOException {
            return new Side(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx1g",
                            "-cp",
                            classPath,
                            SideProcess.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }

        void run(String way, int count, Map<String, List<Measured>> runs) throws IOException {
            process.outputWriter(UTF_8).write(way + " " + count + "\n");
            process.outputWriter(UTF_8).flush();
            String line = answers.readLine();
            while (line != null && !line.startsWith("run ")) {
                line = answers.readLine();
            }
            if (line == null) {
                throw new IOException("a side has ended; what it wrote says why");
            }
            String[] words = line.split(" ", -1);
            runs.computeIfAbsent(way, name -> new ArrayList<>())
                    .add(new Measured(Double.parseDouble(words[1]), Double.parseDouble(words[2])));
        }

        /** Waits for its end, so that nothing of it is left when the next pair begins. */
        @Override
        public void close() throws IOException {
            process.outputWriter(UTF_8).close();
            process.onExit().join();
        }
    }
}
