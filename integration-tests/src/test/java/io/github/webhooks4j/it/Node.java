package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A JVM of its own that publishes and delivers, until it is closed, killed or stopped. */
final class Node implements AutoCloseable {
    static final int CONCURRENCY = 5;
    /** To start a JVM, or to end it, on a machine that has other things to do. */
    private static final Duration WORK = Duration.ofMinutes(5);

    private static final Pattern LATE = Pattern.compile("(\\d+) outcome\\(s\\) came after their lease was lost");

    private final String name;
    private final Process process;
    private final Path log;
    private final PrintStream commands;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Set<String> stored = ConcurrentHashMap.newKeySet();
    private volatile boolean ready;

    private Node(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::listen, "node-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts one that kills itself at this point, when it gets there for the n-th time. */
    static Node start(String url, String name, Duration requestTimeout, Path folder, KillPoint point, int times)
            throws IOException {
        Path log = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.log.io.github.webhooks4j.engine.Recorder=info",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NodeProcess.class.getName(),
                        url,
                        name,
                        Integer.toString(CONCURRENCY),
                        Long.toString(requestTimeout.toMillis()),
                        point.name(),
                        Integer.toString(times)))
                .redirectError(new File(log.toString()))
                .start();
        return new Node(name, process, log);
    }

    static Node start(String url, String name, Duration requestTimeout, Path folder) throws IOException {
        return start(url, name, requestTimeout, folder, KillPoint.NONE, 0);
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("ready")) {
                    ready = true;
                } else if (line.startsWith("stored ")) {
                    stored.add(line.substring("stored ".length()));
                } else {
                    refused.incrementAndGet();
                    System.out.println(name + " " + line);
                }
            }
        } catch (IOException e) {
            // Killed.
        }
    }

    String name() {
        return name;
    }

    void awaitReady() {
        await().atMost(WORK).until(() -> ready || !process.isAlive());
        assertThat(process.isAlive())
                .as("%s is alive; its log: %s", name, log())
                .isTrue();
    }

    /** Has it publish so many events. */
    void publish(int events) {
        asked.addAndGet(events);
        commands.println(events);
    }

    /** How many events it was to publish and has said nothing of. */
    int publishing() {
        return isAlive() ? asked.get() - stored.size() - refused.get() : 0;
    }

    /** The ids of the events whose publish returned. */
    Set<String> stored() {
        return Set.copyOf(stored);
    }

    int refused() {
        return refused.get();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void send(Signal signal) {
        signal.send(List.of(process.pid()));
    }

    /** How many outcomes it dropped, because their lease was lost. */
    int late() {
        return LATE.matcher(log())
                .results()
                .map(MatchResult::group)
                .mapToInt(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))))
                .sum();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has it close its client and end; returns when it did. */
    void end() throws InterruptedException {
        commands.close();
        assertThat(process.waitFor(WORK.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s; its log: %s", name, log()).isZero();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
