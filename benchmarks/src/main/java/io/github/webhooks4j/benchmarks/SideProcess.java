package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.jdbc.PostgresServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * The process of one side of {@link BeforeAfterBenchmark}: makes the run that each line of its standard input asks for, "drain" or
 * "live" and a count, and answers with deliveries per second and CPU microseconds. Ends with its input.
 */
final class SideProcess {
    private static final int WEBHOOKS = 10;
    private static final int CONCURRENCY = 5;
    private static final int PUBLISHERS = 64;

    private SideProcess() {}

    /** Runs it; there are no arguments. */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("webhooks4j-benchmark");
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (RemoteReceiver receiver = RemoteReceiver.start();
                PostgresServer server = PostgresServer.durable(folder, 0)) {
            Webhooks4j library = new Webhooks4j(receiver, WEBHOOKS, CONCURRENCY, DrainBenchmark.DATA);
            Map<String, Comparison.Way> ways = Map.of(
                    "drain", count -> library.drain(Storage.postgres(server), count),
                    "live", count -> library.live(Storage.postgres(server), count, PUBLISHERS));
            for (String line = asked.readLine(); line != null; line = asked.readLine()) {
                String[] words = line.split(" ", -1);
                Run run = Objects.requireNonNull(ways.get(words[0])).run(Integer.parseInt(words[1]));
                System.out.println("run " + run.perSecond() + " " + run.cpuMicros());
            }
        } finally {
            Storage.delete(folder);
        }
    }
}
