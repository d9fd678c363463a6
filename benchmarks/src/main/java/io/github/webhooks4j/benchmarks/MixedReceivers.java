package io.github.webhooks4j.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Receivers of this process, a thread for each connection: healthy ones that answer at once and tell of what came, one that takes
 * its time, one whose answer comes byte by byte, and one that does not listen.
 */
final class MixedReceivers implements AutoCloseable {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final String CONTENT_LENGTH = "content-length:";

    /** How they answer. */
    enum Kind {
        HEALTHY,
        SLOW,
        DRIPPING,
        DEAD
    }

    /** Told of each request to a healthy one, before it is answered. */
    interface Arrivals {
        void arrived(String body, long nanos);
    }

    private final ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final int nobody;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Arrivals arrivals;
    private final long slowMillis;

    MixedReceivers(Arrivals arrivals, long slowMillis) throws IOException {
        this.arrivals = arrivals;
        this.slowMillis = slowMillis;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = closed.getLocalPort();
        }
        threads.execute(this::accept);
    }

    String url(Kind kind) {
        return "http://127.0.0.1:" + (kind == Kind.DEAD ? nobody : listener.getLocalPort()) + "/" + kind;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String line = line(in); line != null; line = line(in)) {
                String body = body(in);
                Kind kind = Kind.valueOf(line.substring(line.indexOf('/') + 1, line.lastIndexOf(' ')));
                if (kind == Kind.HEALTHY) {
                    arrivals.arrived(body, System.nanoTime());
                    socket.getOutputStream().write(ANSWER.getBytes(ISO_8859_1));
                } else {
                    answer(kind, socket.getOutputStream());
                }
            }
        } catch (IOException e) {
            // The sender is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private void answer(Kind kind, OutputStream out) throws IOException, InterruptedException {
        if (kind == Kind.SLOW) {
            TimeUnit.MILLISECONDS.sleep(slowMillis);
            out.write(ANSWER.getBytes(ISO_8859_1));
            return;
        }
        for (byte each : ANSWER.getBytes(ISO_8859_1)) {
            out.write(each);
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** What follows the request line; only the body is kept. */
    private static String body(InputStream in) throws IOException {
        int length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            if (header.regionMatches(true, 0, CONTENT_LENGTH, 0, CONTENT_LENGTH.length())) {
                length = Integer.parseInt(
                        header.substring(CONTENT_LENGTH.length()).strip());
            }
        }
        return new String(in.readNBytes(length), ISO_8859_1);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) next);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
