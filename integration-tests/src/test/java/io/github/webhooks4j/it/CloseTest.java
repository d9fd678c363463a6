package io.github.webhooks4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.webhooks4j.Event;
import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.WebhookClient;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.okhttp.OkHttpTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code close()} promises while requests are under way and many more wait. */
class CloseTest {
    private static final int EVENTS = 300;
    private static final int CONCURRENCY = 5;
    /** What close() may take beyond the request time-out. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile boolean hanging;
    private Receiver receiver;
    private Database database;

    @BeforeEach
    void startAll() throws IOException {
        receiver = Receiver.start(this::answer);
        database = Database.inMemory();
    }

    private int answer(Receiver.Request request) throws InterruptedException {
        underWay.incrementAndGet();
        try {
            if (hanging) {
                return Receiver.hang();
            }
            gate.await();
            received.add(request.header("webhook-id"));
            return 200;
        } finally {
            underWay.decrementAndGet();
        }
    }

    @AfterEach
    void stopAll() throws IOException {
        receiver.close();
        database.close();
    }

    private WebhookClient client(Duration requestTimeout) {
        return WebhookClient.builder()
                .store(database.store())
                .transport(OkHttpTransport.create())
                .egress(EgressPolicy.development())
                .requestTimeout(requestTimeout)
                .concurrencyPerWebhook(CONCURRENCY)
                .retryPolicy(RetryPolicy.fixed(Duration.ofMillis(100), 10))
                .build();
    }

    /** A started client with as many requests under way as there may be, and many deliveries waiting. */
    private WebhookClient busyClient(Duration requestTimeout) {
        WebhookClient client = client(requestTimeout).start();
        client.register(Webhook.builder(receiver.url("/hook"))
                .id("hook")
                .events("*")
                .unsigned()
                .build());
        client.publishAll(IntStream.range(0, EVENTS)
                .mapToObj(n -> Event.builder("n").id("e" + n).data(n).build())
                .toList());
        await().atMost(Duration.ofSeconds(30)).until(() -> underWay.get() == CONCURRENCY);
        return client;
    }

    @Test
    void whatWasNotSentIsGivenBackAtOnceAndNothingIsSentTwice() throws Exception {
        Duration requestTimeout = Duration.ofSeconds(30);
        Duration lease = requestTimeout.multipliedBy(4);
        WebhookClient first = busyClient(requestTimeout);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
        await().atMost(Duration.ofSeconds(30)).until(() -> database.claimed() == CONCURRENCY);
        assertThat(closed).isNotDone();
        gate.countDown();
        closed.get(requestTimeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        assertThat(received).hasSize(CONCURRENCY);
        assertThat(database.delivered()).isEqualTo(CONCURRENCY);
        assertThat(database.pending()).isEqualTo(EVENTS - CONCURRENCY);

        try (WebhookClient second = client(requestTimeout)) {
            second.start();
            await().atMost(lease.dividedBy(4)).until(() -> database.pending() == 0);
        }
        assertThat(received).hasSize(EVENTS).doesNotHaveDuplicates();
        assertThat(database.delivered()).isEqualTo(EVENTS);
    }

    @Test
    void anotherNodeSendsTheRestWhileTheFirstStillWaits() throws Exception {
        WebhookClient first = busyClient(Duration.ofSeconds(30));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
        try (WebhookClient second = client(Duration.ofSeconds(30))) {
            second.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> underWay.get() == 2 * CONCURRENCY);
            assertThat(closed).isNotDone();
            gate.countDown();
            closed.get(5, TimeUnit.MINUTES);
            await().atMost(Duration.ofSeconds(30)).until(() -> database.pending() == 0);
        }
        assertThat(received).hasSize(EVENTS).doesNotHaveDuplicates();
    }

    @Test
    void hungReceiverHoldsUpCloseForItsTimeOutOnly() throws Exception {
        Duration requestTimeout = Duration.ofSeconds(2);
        hanging = true;
        WebhookClient first = busyClient(requestTimeout);

        CompletableFuture.runAsync(first::close).get(requestTimeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        assertThat(database.pending()).isEqualTo(EVENTS);

        hanging = false;
        gate.countDown();
        try (WebhookClient second = client(requestTimeout)) {
            second.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> database.pending() == 0);
        }
        assertThat(received).hasSize(EVENTS).doesNotHaveDuplicates();
        assertThat(database.delivered()).isEqualTo(EVENTS);
    }

    @Test
    void closingTwiceAndClosingAnIdleClientReturns() throws Exception {
        WebhookClient client = client(Duration.ofSeconds(30)).start();
        CompletableFuture.runAsync(() -> {
                    client.close();
                    client.close();
                })
                .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
