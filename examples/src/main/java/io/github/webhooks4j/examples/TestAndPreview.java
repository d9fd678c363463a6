package io.github.webhooks4j.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.RequestPreview;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.VerificationException;
import io.github.webhooks4j.signing.Verifier;
import io.github.webhooks4j.store.DeliveryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Does the receiver take what it will get? Shows a request without sending it, and sends tests to one webhook, to several and to one
 * that is not saved. Nothing is published, and the client is not started: a build can do this before a release.
 */
public final class TestAndPreview {
    private static final Event PAID = Event.of("invoice.paid", Map.of("invoice", "in_42", "total", 1999));

    private TestAndPreview() {}

    /** Runs against a receiver on this machine, and ends with 1 if it does not take what it should. */
    public static void main(String[] args) throws IOException {
        Secret secret = Secret.random();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Verifier verifier = Verifier.standardWebhooks(secret);
        receiver.createContext("/", exchange -> receive(exchange, verifier));
        receiver.start();
        try (WebhookClient webhooks = WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development()) // lets it send to this machine; leave it out in production
                .build()) {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort();
            if (!run(webhooks, url, secret)) {
                System.exit(1);
            }
        } finally {
            receiver.stop(0);
        }
    }

    private static boolean run(WebhookClient webhooks, String url, Secret secret) {
        Webhook first = webhooks.register(webhook("customer-1", url, secret));
        webhooks.register(webhook("customer-2", url, Secret.random())); // whose receiver has another secret

        RequestPreview preview = webhooks.preview(first, PAID);
        System.out.println("What customer-1 would get:");
        System.out.println(preview.method() + " " + preview.url());
        preview.headers().forEach((name, value) -> System.out.println(name + ": " + value));
        System.out.println(new String(preview.body(), StandardCharsets.UTF_8));

        Attempt answer = webhooks.test("customer-1", "invoice.paid");
        System.out.println("A test of customer-1: " + shown(answer));

        Map<String, Attempt> answers = webhooks.test(List.of("customer-1", "customer-2"), PAID);
        answers.forEach((id, each) -> System.out.println("A test of both, " + id + ": " + shown(each)));

        Webhook draft = webhook("customer-3", url, secret);
        Attempt unsaved = webhooks.test(draft, PAID);
        System.out.println("A test of customer-3, which is not saved: " + shown(unsaved));

        for (Delivery test :
                webhooks.deliveries().list(DeliveryQuery.all().tests(true)).items()) {
            System.out.println("In the history: " + test.webhookId() + " " + test.eventType() + " " + test.state());
        }
        return isTaken(answer) && isTaken(unsaved);
    }

    private static Webhook webhook(String id, String url, Secret secret) {
        return Webhook.builder(url + "/" + id)
                .id(id)
                .events("invoice.paid")
                .signer(Signer.standardWebhooks(secret))
                .build();
    }

    private static boolean isTaken(Attempt answer) {
        return answer.status().isPresent() && answer.status().getAsInt() / 100 == 2;
    }

    /** The receiver wrote the excerpt: escape it where it could do harm, as in HTML. */
    private static String shown(Attempt answer) {
        return answer.text() + " \"" + answer.excerpt() + "\"";
    }

    private static void receive(HttpExchange exchange, Verifier verifier) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean verified = isVerified(exchange, body, verifier);
            byte[] text = (verified ? "thank you" : "the signature is wrong").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(verified ? 200 : 401, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    private static boolean isVerified(HttpExchange exchange, byte[] body, Verifier verifier) {
        try {
            verifier.verify(body, exchange.getRequestHeaders()::getFirst);
            return true;
        } catch (VerificationException e) {
            return false;
        }
    }
}
