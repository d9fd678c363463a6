package io.github.webhooks4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.jdbc.JdbcDeliveryStore;
import io.github.webhooks4j.jdbc.SecretKeys;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.VerificationException;
import io.github.webhooks4j.signing.Verifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How little does it take? The code of the README, with a receiver to send to. */
public final class FirstWebhook {
    private FirstWebhook() {}

    /** Sends one webhook to a receiver on this machine, and prints what arrived. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Message message = run();
        System.out.println(message == null ? "nothing arrived" : new String(message.body(), StandardCharsets.UTF_8));
        if (message == null) {
            System.exit(1);
        }
    }

    /** The message that arrived and was verified; null if none came in time. */
    static @Nullable Message run() throws IOException, InterruptedException {
        Secret secret = Secret.random();
        Verifier verifier = Verifier.standardWebhooks(secret);
        BlockingQueue<Message> received = new LinkedBlockingQueue<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> receive(exchange, verifier, received));
        server.start();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:first");
        try (HikariDataSource dataSource = new HikariDataSource(config)) {
            WebhookClient webhooks =
                    send(dataSource, "http://127.0.0.1:" + server.getAddress().getPort(), secret);
            try {
                return received.poll(10, TimeUnit.SECONDS);
            } finally {
                webhooks.close();
            }
        } finally {
            server.stop(0);
        }
    }

    private static WebhookClient send(DataSource dataSource, String url, Secret secret) {
        // README begins
        WebhookClient webhooks = WebhookClient.builder()
                .store(JdbcDeliveryStore.builder(dataSource)
                        .secretKeys(SecretKeys.plaintext()) // in production: SecretKeys.of(id, key)
                        .build())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development()) // lets it send to this machine; leave it out in production
                .build()
                .start();

        webhooks.register(Webhook.builder(url)
                .id("customer-1") // registered again at the next start, it is updated
                .events("invoice.paid")
                .signer(Signer.standardWebhooks(secret))
                .build());

        webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_42", "total", 1999)));
        // README ends
        return webhooks;
    }

    private static void receive(HttpExchange exchange, Verifier verifier, BlockingQueue<Message> received)
            throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(isVerified(exchange, body, verifier, received) ? 204 : 401, -1);
        }
    }

    private static boolean isVerified(
            HttpExchange exchange, byte[] body, Verifier verifier, BlockingQueue<Message> received) {
        try {
            return received.add(verifier.verify(body, exchange.getRequestHeaders()::getFirst));
        } catch (VerificationException e) {
            return false;
        }
    }
}
