package io.github.webhooks4j.examples;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM of its own that runs an example, and what it prints. */
final class ChildJvm implements AutoCloseable {
    private static final Pattern TEST_ONLY = Pattern.compile(
            "test-classes|-tests\\.jar|junit-|assertj-|awaitility|hamcrest|byte-buddy|opentest4j|apiguardian|surefire|postgres|commons-|xz-");

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();

    private ChildJvm(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildJvm onClassPath(Class<?> main, String... args) throws IOException {
        return new ChildJvm(command(List.of("-cp", runtimePath(), main.getName()), args));
    }

    static ChildJvm onModulePath(Class<?> main, String... args) throws IOException {
        String module = "io.github.webhooks4j.examples/" + main.getName();
        return new ChildJvm(command(List.of("-p", runtimePath(), "-m", module), args));
    }

    private static List<String> command(List<String> java, String... args) {
        return Stream.concat(java.stream(), Stream.of(args)).toList();
    }

    /** This JVM's class path without what only tests need. */
    private static String runtimePath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !TEST_ONLY
                        .matcher(Path.of(entry).getFileName().toString())
                        .find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Reads on until a line is like this, and returns it. */
    String awaitLine(Predicate<String> like) throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            lines.add(line);
            if (like.test(line)) {
                return line;
            }
        }
        throw new AssertionError("the JVM ended without the line that was waited for:\n" + this);
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Reads to the end, and returns the exit code. */
    int awaitExit() throws IOException, InterruptedException {
        output.lines().forEach(lines::add);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new AssertionError("the JVM closed its output and did not end:\n" + this);
        }
        return process.exitValue();
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
