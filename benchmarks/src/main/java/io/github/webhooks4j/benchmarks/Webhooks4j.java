package io.github.webhooks4j.benchmarks;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** The library: each event goes to one webhook, so that a delivery is an event, a row, a signature and a request. */
final class Webhooks4j {
    private static final int CHUNK = 500;

    private final RemoteReceiver receiver;
    private final int webhooks;
    private final int concurrency;
    private final String json;

    Webhooks4j(RemoteReceiver receiver, int webhooks, int concurrency, String json) {
        this.receiver = receiver;
        this.webhooks = webhooks;
        this.concurrency = concurrency;
        this.json = json;
    }

    /** Publishes all, and then measures how long it takes to deliver them. */
    Run drain(Storage storage, int count) throws Exception {
        try (storage;
                WebhookClient client = client(storage)) {
            for (int i = 0; i < count; i += CHUNK) {
                client.publishAll(IntStream.range(i, Math.min(i + CHUNK, count))
                        .mapToObj(this::event)
                        .toList());
            }
            long before = receiver.count();
            long cpu = Run.cpuNow();
            long began = System.nanoTime();
            client.start();
            return ended(storage, before, count, began, cpu);
        }
    }

    /** Measures how long it takes to publish, by so many threads, and to deliver meanwhile. */
    Run live(Storage storage, int count, int publishers) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(publishers);
        try (storage;
                WebhookClient client = client(storage).start()) {
            AtomicInteger next = new AtomicInteger();
            long before = receiver.count();
            long cpu = Run.cpuNow();
            long began = System.nanoTime();
            List<Future<?>> loops = new ArrayList<>();
            for (int i = 0; i < publishers; i++) {
                loops.add(executor.submit(() -> {
                    for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        client.publish(event(n));
                    }
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
            return ended(storage, before, count, began, cpu);
        } finally {
            executor.shutdown();
        }
    }

    private Run ended(Storage storage, long before, int count, long began, long cpu) throws Exception {
        receiver.awaitCount(before + count);
        int pending = storage.awaitNothingPending();
        long nanos = System.nanoTime() - began;
        return new Run(receiver.count() - before, pending, nanos, Run.cpuNow() - cpu);
    }

    private Event event(int n) {
        return Event.builder("type." + n % webhooks).json(json).build();
    }

    private WebhookClient client(Storage storage) {
        WebhookClient client = WebhookClient.builder()
                .store(storage.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .concurrencyPerWebhook(concurrency)
                .maxInFlight(4 * webhooks * concurrency) // one site, which has a quarter of them
                .build();
        for (int i = 0; i < webhooks; i++) {
            client.register(Webhook.builder(receiver.url(i))
                    .id("hook-" + i)
                    .events("type." + i)
                    .signer(Signer.standardWebhooks(Secret.random()))
                    .build());
        }
        return client;
    }
}
