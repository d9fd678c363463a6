package io.github.webhooks4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.VerificationException;
import io.github.webhooks4j.signing.Verifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A customer's side: an HTTP server that verifies what it gets, and recognises what it had before. */
final class Receiver implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int BROKEN = 500;

    private final String name;
    private final int failures;
    private final Console console;
    private final Inbox inbox;
    private final Secret secret;
    private final Verifier verifier;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final HttpServer server;

    private final AtomicInteger verified = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();

    /**
     * A receiver that runs.
     *
     * @param failures how often it answers each message with 500 before it takes it
     */
    Receiver(String name, int failures, DataSource dataSource, Console console) throws IOException, SQLException {
        this.name = name;
        this.failures = failures;
        this.console = console;
        inbox = new Inbox(dataSource, name);
        secret = inbox.secret();
        verifier = Verifier.standardWebhooks(secret);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it is reached; another port at each start. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/webhooks";
    }

    /** What messages to it are signed with. */
    Secret secret() {
        return secret;
    }

    int verified() {
        return verified.get();
    }

    int rejected() {
        return rejected.get();
    }

    int duplicates() {
        return duplicates.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes(); // the raw bytes: they are what is signed
            exchange.sendResponseHeaders(answer(exchange, body), -1);
        }
    }

    private int answer(HttpExchange exchange, byte[] body) throws IOException {
        Message message;
        try {
            message = verifier.verify(body, exchange.getRequestHeaders()::getFirst);
        } catch (VerificationException e) {
            rejected.incrementAndGet();
            console.tell(name, "?", "got a message that it does not trust: " + e.getMessage());
            return UNAUTHORIZED;
        }
        verified.incrementAndGet();
        try {
            return answer(message);
        } catch (SQLException e) {
            throw new IOException("the inbox is out of order", e);
        }
    }

    private int answer(Message message) throws SQLException {
        boolean duplicate = inbox.answered(message.id(), OK) > 0;
        boolean broken = !duplicate && inbox.answered(message.id(), BROKEN) < failures;
        int status = broken ? BROKEN : OK;
        inbox.note(message.id(), status);
        if (duplicate) {
            duplicates.incrementAndGet();
        }
        console.tell(
                name,
                message.id(),
                "  got " + message.body().length + " bytes, signature verified" + (duplicate ? ", had it before" : "")
                        + ", answers " + status);
        return status;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
