package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What is logged while it is open. */
public final class Logged implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Begins. */
    public Logged() {
        System.setErr(new PrintStream(bytes, true, UTF_8)); // where the logger of the tests writes to
    }

    /** The lines with this text so far. */
    public List<String> lines(String text) {
        return bytes.toString(UTF_8).lines().filter(line -> line.contains(text)).toList();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
