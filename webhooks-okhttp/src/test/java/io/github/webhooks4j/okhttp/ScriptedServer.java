package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * A server on loopback that answers each request with a script, byte by byte as the script says. The language is that of
 * {@code responses.tsv}.
 */
final class ScriptedServer implements AutoCloseable {
    private static final Pattern UNICODE = Pattern.compile("\\\\u([0-9a-f]{4})");
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *([0-9]+)");

    private final ServerSocket listener;
    private final List<List<String>> scripts;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch connected = new CountDownLatch(1);
    private final CountDownLatch requested = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private ScriptedServer(ServerSocket listener, List<String> scripts) {
        this.listener = listener;
        this.scripts = scripts.stream()
                .map(script -> List.of(script.split(" \\| ", -1)))
                .toList();
        threads.execute(this::accept);
    }

    static ScriptedServer answering(String script) {
        return answering(script, ServerSocketFactory.getDefault());
    }

    /** With sockets of this factory, such as those of TLS. */
    static ScriptedServer answering(String script, ServerSocketFactory listeners) {
        return answeringEach(List.of(script), listeners);
    }

    /** A script for each request, the last one for all after it. */
    static ScriptedServer answeringEach(List<String> scripts) {
        return answeringEach(scripts, ServerSocketFactory.getDefault());
    }

    static ScriptedServer answeringEach(List<String> scripts, ServerSocketFactory listeners) {
        try {
            return new ScriptedServer(listeners.createServerSocket(0, 50, InetAddress.getLoopbackAddress()), scripts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/hook";
    }

    int connections() {
        return connections.get();
    }

    /** Head and body of each request, one character for each byte. */
    List<String> requests() {
        return requests;
    }

    void awaitConnection() {
        try {
            connected.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    void awaitRequest() throws InterruptedException {
        requested.await();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.incrementAndGet();
                connected.countDown();
                sockets.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String request = readRequest(in);
            while (!request.isEmpty()) {
                List<String> steps;
                synchronized (requests) {
                    requests.add(request);
                    steps = scripts.get(Math.min(requests.size(), scripts.size()) - 1);
                }
                requested.countDown();
                for (String step : steps) {
                    run(step, socket);
                }
                request = readRequest(in);
            }
        } catch (IOException e) {
            // The other side, or the script, has closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(String step, Socket socket) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        String rest = step.length() > 2 ? step.substring(2) : "";
        switch (step.charAt(0)) {
            case 'S' -> out.write(bytes(rest));
            case 'W' -> closed.await(Long.parseLong(rest.strip()), MILLISECONDS);
            case 'L' -> repeat(out, number(rest), bytes(afterNumber(rest)));
            case 'D' -> drip(out, number(rest), bytes(afterNumber(rest)));
            case 'C' -> socket.close();
            case 'R' -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case 'N' -> closed.await();
            default -> throw new IllegalArgumentException(step);
        }
    }

    private static void repeat(OutputStream out, long times, byte[] piece) throws IOException {
        for (long i = 0; times == 0 || i < times; i++) {
            out.write(piece);
        }
    }

    private void drip(OutputStream out, long millis, byte[] piece) throws IOException, InterruptedException {
        do {
            out.write(piece);
        } while (!closed.await(millis, MILLISECONDS));
    }

    private static long number(String text) {
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }

    private static String afterNumber(String text) {
        return text.substring(text.indexOf(' ') + 1);
    }

    private static byte[] bytes(String text) {
        String unescaped = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
        return UNICODE.matcher(unescaped)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))))
                .getBytes(ISO_8859_1);
    }

    /** Empty at the end of the connection. */
    private static String readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return head.toString(ISO_8859_1);
            }
            head.write(next);
        }
        Matcher length = LENGTH.matcher(head.toString(ISO_8859_1));
        int bodyLength = length.find() ? Integer.parseInt(length.group(1)) : 0;
        return head.toString(ISO_8859_1) + new String(in.readNBytes(bodyLength), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
