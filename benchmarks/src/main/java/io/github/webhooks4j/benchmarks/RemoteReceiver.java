package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A handle on a {@link ReceiverProcess}, which ends with it. */
final class RemoteReceiver implements AutoCloseable {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final int port;

    private RemoteReceiver(Process process) throws IOException {
        this.process = process;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
        port = (int) number();
    }

    static RemoteReceiver start() throws IOException {
        return new RemoteReceiver(new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReceiverProcess.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private long number() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the receiver's process has ended");
        }
        return Long.parseLong(line);
    }

    String url(int webhook) {
        return "http://127.0.0.1:" + port + "/hook/" + webhook;
    }

    /** How many requests it has answered so far. */
    long count() throws IOException {
        in.write('\n');
        in.flush();
        return number();
    }

    /** Waits until it has answered so many. */
    void awaitCount(long count) throws IOException {
        long began = System.nanoTime();
        while (count() < count) {
            if (System.nanoTime() - began > PATIENCE_NANOS) {
                throw new IllegalStateException("only " + count() + " of " + count + " requests arrived");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
        process.destroy();
    }
}
