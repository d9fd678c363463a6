package io.github.webhooks4j.examples;

import com.sun.net.httpserver.HttpServer;
import io.github.webhooks4j.DeliveryListener;
import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.history.Bulk;
import io.github.webhooks4j.history.DeliveryDetails;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.DeliveryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** What became of my events, and how do I send again what failed? The receiver is down at first, and back later. */
public final class RedeliverFailed {
    private static final int EVENTS = 3;

    private RedeliverFailed() {}

    /** Runs against a receiver on this machine. */
    public static void main(String[] args) throws IOException, InterruptedException {
        AtomicInteger answer = new AtomicInteger(503);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(answer.get(), -1);
            exchange.close();
        });
        receiver.start();
        Semaphore ended = new Semaphore(0);
        try (WebhookClient webhooks = WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development()) // lets it send to this machine; leave it out in production
                .retryPolicy(RetryPolicy.none()) // so that nobody has to wait for the retries
                .listener(new DeliveryListener() {
                    @Override
                    public void ended(Delivery delivery) {
                        ended.release();
                    }
                })
                .build()
                .start()) {
            webhooks.register(
                    Webhook.builder("http://127.0.0.1:" + receiver.getAddress().getPort())
                            .id("customer-1")
                            .events("invoice.paid")
                            .signer(Signer.standardWebhooks(Secret.random()))
                            .build());
            for (int i = 1; i <= EVENTS; i++) {
                webhooks.publish(Event.of("invoice.paid", Map.of("invoice", i)));
            }
            ended.acquire(EVENTS);
            answer.set(204); // the receiver is back
            sendAgain(webhooks);
            ended.acquire(EVENTS);
            show(webhooks);
        } finally {
            receiver.stop(0);
        }
    }

    private static void sendAgain(WebhookClient webhooks) {
        // README begins
        Page<Delivery> failed = webhooks.deliveries()
                .list(DeliveryQuery.all().webhook("customer-1").states(DeliveryState.EXHAUSTED));
        for (Delivery delivery : failed.items()) {
            System.out.println(
                    delivery.eventType() + ": " + delivery.lastError().orElse("")); // answered 503
        }

        String id = failed.items().get(0).id();
        DeliveryDetails details = webhooks.deliveries().find(id).orElseThrow(); // its attempts: request, answer, timing
        System.out.println("Sent again: " + webhooks.deliveries().redeliver(id)); // DUE

        Bulk rest = webhooks.deliveries().recover(DeliveryQuery.all().webhook("customer-1"));
        System.out.println(rest.count() + " more to send again");
        rest.run(done -> System.out.println(done + " done"));
        // README ends
        System.out.println("Attempts before: " + details.attempts().size());
    }

    private static void show(WebhookClient webhooks) {
        for (Delivery delivery : webhooks.deliveries().list(DeliveryQuery.all()).items()) {
            System.out.println(delivery.state() + " after " + delivery.attempts() + " attempts");
        }
    }
}
