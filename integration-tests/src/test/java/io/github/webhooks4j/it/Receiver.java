package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP/1.1 server on loopback, a thread for each connection, that hands over each request byte by byte as it came and
 * answers with the status that it is told.
 */
final class Receiver implements AutoCloseable {
    /** Decides the status of the answer; may block, and is interrupted when the receiver is closed. */
    @FunctionalInterface
    interface Handler {
        int status(Request request) throws InterruptedException;

        /** The body of the answer, asked after the status. */
        default byte[] body(Request request) {
            return new byte[0];
        }
    }

    /** A header line, the name as it was written. */
    record Header(String name, String value) {}

    /** One request as it came from the socket. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(String line, List<Header> headers, byte[] body) {
        String path() {
            return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
        }

        /** The one value of this header; fails if there is none or several. */
        String header(String name) {
            List<String> values = headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .toList();
            if (values.size() != 1) {
                throw new AssertionError("the request has " + values.size() + " headers " + name + ": " + headers);
            }
            return values.get(0);
        }

        List<String> headerNames() {
            return headers.stream()
                    .map(header -> header.name().toLowerCase(Locale.ROOT))
                    .toList();
        }
    }

    private final ServerSocket listener;
    private final Handler handler;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Receiver(ServerSocket listener, Handler handler) {
        this.listener = listener;
        this.handler = handler;
    }

    static Receiver start(Handler handler) throws IOException {
        Receiver receiver = new Receiver(new ServerSocket(0, 256, InetAddress.getLoopbackAddress()), handler);
        receiver.threads.execute(receiver::accept);
        return receiver;
    }

    /** A status that has the answer begin, and go on byte by byte until the sender is gone. */
    static final int DRIP = -1;

    /** A handler that never answers. */
    static int hang() throws InterruptedException {
        new CountDownLatch(1).await();
        return 200;
    }

    String url(String path) {
        return "http://127.0.0.1:" + listener.getLocalPort() + path;
    }

    /** How many connections are open, requests that are still being handled included. */
    int openConnections() {
        return open.size();
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
            Request request = read(in);
            while (request != null) {
                int status = handler.status(request);
                if (status == DRIP) {
                    drip(socket.getOutputStream());
                }
                byte[] body = handler.body(request);
                OutputStream out = new BufferedOutputStream(socket.getOutputStream());
                out.write(("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(ISO_8859_1));
                out.write(body);
                out.flush();
                request = read(in);
            }
        } catch (IOException e) {
            // The sender is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private static void drip(OutputStream out) throws IOException, InterruptedException {
        out.write("HTTP/1.1 200 OK\r\nX-Drip: ".getBytes(ISO_8859_1));
        while (true) {
            out.write('.');
            Thread.sleep(20);
        }
    }

    /** The next request; null at the end of the connection, also within a request. */
    private static Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        List<Header> headers = new ArrayList<>();
        int length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            Header parsed = new Header(
                    header.substring(0, colon), header.substring(colon + 1).strip());
            headers.add(parsed);
            if (parsed.name().equalsIgnoreCase("Content-Length")) {
                length = Integer.parseInt(parsed.value());
            }
        }
        byte[] body = in.readNBytes(length);
        return body.length == length ? new Request(line, List.copyOf(headers), body) : null;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString(ISO_8859_1).stripTrailing();
            }
            line.write(next);
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
