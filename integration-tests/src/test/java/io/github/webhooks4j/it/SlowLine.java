package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A line to a server on this machine that takes each byte as long as it is told, both ways, and breaks when a commit is about to be
 * confirmed, if it is told so. For PostgreSQL, without prepared statements.
 */
final class SlowLine implements AutoCloseable {
    private final ServerSocket listener;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private volatile long oneWayNanos;
    private volatile String marked = "";

    private SlowLine(ServerSocket listener, int port) {
        this.listener = listener;
        this.port = port;
    }

    /** A line to this port, without delay at first. */
    static SlowLine to(int port) throws IOException {
        SlowLine line = new SlowLine(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), port);
        start(line::accept);
        return line;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What is sent from now on takes so long to arrive. */
    void takes(Duration oneWay) {
        oneWayNanos = oneWay.toNanos();
    }

    /** Of the next transactions that contain this text, so many take effect and break their connection before the answer arrives. */
    void losesAnswersToCommits(int times, String text) {
        marked = text;
        answersToLose.set(times);
    }

    /** How many answers are still to be lost. */
    int answersToLose() {
        return answersToLose.get();
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "slow-line");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                for (Socket each : new Socket[] {near, far}) {
                    each.setTcpNoDelay(true);
                    open.add(each);
                }
                AtomicBoolean commits = new AtomicBoolean();
                carry(near, far, sent -> {
                    if (!marked.isEmpty() && sent.contains(marked)) {
                        commits.set(true);
                    }
                    return false;
                });
                carry(
                        far,
                        near,
                        answer -> answer.contains("COMMIT\0")
                                && commits.getAndSet(false)
                                && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0);
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** Some bytes, empty at the end, and when they arrive. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chunk(byte[] bytes, long arrives) {}

    /** Carries bytes until one of the ends is closed, or they are such that they break the line. */
    private void carry(Socket from, Socket to, Predicate<String> breaks) {
        BlockingQueue<Chunk> under = new LinkedBlockingQueue<>();
        start(() -> read(from, under, breaks));
        start(() -> write(under, to));
    }

    private void read(Socket from, BlockingQueue<Chunk> line, Predicate<String> breaks) {
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                if (breaks.test(new String(buffer, 0, length, ISO_8859_1))) {
                    break;
                }
                line.add(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime() + oneWayNanos));
            }
        } catch (IOException e) {
            // Its end.
        }
        line.add(new Chunk(new byte[0], System.nanoTime() + oneWayNanos));
    }

    private void write(BlockingQueue<Chunk> line, Socket to) {
        try (to) {
            OutputStream out = to.getOutputStream();
            for (Chunk next = line.take(); next.bytes.length > 0; next = line.take()) {
                TimeUnit.NANOSECONDS.sleep(next.arrives - System.nanoTime());
                out.write(next.bytes);
            }
        } catch (IOException e) {
            // The other end is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
