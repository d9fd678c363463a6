package io.github.webhooks4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A receiver that takes everything and remembers which events came. */
final class Requests implements AutoCloseable {
    /** Far less than a lease, which is a minute: what arrives in this time was not left to it. */
    private static final long PATIENCE_SECONDS = 20;

    private final HttpServer server;
    private final BlockingQueue<String> next = new LinkedBlockingQueue<>();
    private final Queue<String> all = new ConcurrentLinkedQueue<>();

    Requests() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String eventId = exchange.getRequestHeaders().getFirst("webhook-id");
            all.add(eventId);
            next.add(eventId);
            exchange.sendResponseHeaders(204, -1);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Waits for the next request, and returns the id of its event. */
    String next() throws InterruptedException {
        String eventId = next.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (eventId == null) {
            throw new AssertionError("no request came; there were " + all);
        }
        return eventId;
    }

    /** The events of all requests so far. */
    List<String> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
