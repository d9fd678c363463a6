package io.github.webhooks4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The same requests by OkHttp alone: one loop a thread, nothing rendered, nothing signed, nothing kept. */
final class BareOkHttp {
    private static final MediaType JSON = MediaType.get("application/json");

    private final RemoteReceiver receiver;
    private final int webhooks;
    private final int threads;
    private final byte[] body;

    BareOkHttp(RemoteReceiver receiver, int webhooks, int threads, byte[] body) {
        this.receiver = receiver;
        this.webhooks = webhooks;
        this.threads = threads;
        this.body = body;
    }

    Run run(int count) throws Exception {
        OkHttpClient client = client();
        AtomicInteger next = new AtomicInteger();
        long before = receiver.count();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        long cpu = Run.cpuNow();
        long began = System.nanoTime();
        List<Future<?>> loops = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            loops.add(executor.submit(() -> {
                for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    send(client, n);
                }
                return null;
            }));
        }
        for (Future<?> loop : loops) {
            loop.get();
        }
        long nanos = System.nanoTime() - began;
        long cpuNanos = Run.cpuNow() - cpu;
        executor.shutdown();
        client.connectionPool().evictAll();
        return new Run(receiver.count() - before, 0, nanos, cpuNanos);
    }

    static OkHttpClient client() {
        return new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(256, 4, TimeUnit.SECONDS))
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .build();
    }

    private void send(OkHttpClient client, int n) throws IOException {
        send(client, receiver.url(n % webhooks), body);
    }

    /** One request, with what a signature would be. */
    static void send(OkHttpClient client, String url, byte[] body) throws IOException {
        Request request = new Request.Builder()
                .url(url)
                .post(RequestBody.create(body, JSON))
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "webhooks4j")
                .header("webhook-id", "evt_0197a3c5e1d27c5a9f3b6c2d1e0f4a5b")
                .header("webhook-timestamp", "1772360130")
                .header("webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=")
                .build();
        try (Response response = client.newCall(request).execute()) {
            if (response.code() != 200) {
                throw new IOException("status " + response.code());
            }
        }
    }
}
