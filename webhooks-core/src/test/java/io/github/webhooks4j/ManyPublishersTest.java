package io.github.webhooks4j;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.machine.Machine;
import io.github.webhooks4j.machine.UnderWay;
import io.github.webhooks4j.store.DeliveryStore;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many may publish at a time, and how {@code close()} waits for them. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyPublishersTest {
    /** More than a 16-bit counter holds. */
    private static final int MANY = 70_000;

    private static final long LONG = MINUTES.toNanos(5);

    private final UnderWay publishing = new UnderWay();
    private final ExecutorService threads = Machine.system().asNeeded("publishing-test");

    @AfterEach
    void close() {
        threads.shutdown();
    }

    @Test
    void countsMoreThan65535() throws Exception {
        for (int i = 0; i < MANY; i++) {
            publishing.begin();
        }
        assertThat(publishing.awaitOthers(0)).as("none but this thread").isTrue();
        assertThat(isIdle()).isFalse();

        for (int i = 0; i < MANY - 1; i++) {
            publishing.end();
        }
        assertThat(isIdle()).isFalse();
        publishing.end();
        assertThat(isIdle()).isTrue();
    }

    /** What another thread finds that does not wait. */
    private boolean isIdle() {
        return CompletableFuture.supplyAsync(() -> awaitOthers(0), threads).join();
    }

    private boolean awaitOthers(long nanos) {
        try {
            return publishing.awaitOthers(nanos);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void waitEndsWithTheLastOfTheOthers() {
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Runnable publisher = () -> {
            publishing.begin();
            begun.countDown();
            await(mayEnd);
            publishing.end();
        };
        CompletableFuture<Void> first = CompletableFuture.runAsync(publisher, threads);
        CompletableFuture<Void> second = CompletableFuture.runAsync(publisher, threads);
        await(begun);
        publishing.begin();
        assertThat(awaitOthers(1)).isFalse();

        mayEnd.countDown();
        assertThat(awaitOthers(LONG)).isTrue();
        first.join();
        second.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- of a client

    private static WebhookClient client() {
        return WebhookClient.builder()
                .store(DeliveryStore.inMemory())
                .transport(new FakeTransport())
                .build();
    }

    /** Data that does something, once, while it is published. */
    private static Event event(Runnable whileItIsRead) {
        AtomicBoolean read = new AtomicBoolean();
        Map<String, Object> data = new AbstractMap<>() {
            @Override
            public Set<Entry<String, Object>> entrySet() {
                if (!read.getAndSet(true)) {
                    whileItIsRead.run();
                }
                return Set.of(Map.entry("n", 1));
            }
        };
        return Event.of("x", data);
    }

    /** Each thread publishes an event whose data publishes another one as it is read, and so on; so fewer threads will do. */
    @Test
    void moreThan65535MayBeUnderWay() throws Exception {
        int atOnce = 300;
        int depth = MANY / atOnce;
        CountDownLatch begun = new CountDownLatch(atOnce);
        List<Future<Publication>> publications = new ArrayList<>();
        try (WebhookClient client = client()) {
            for (int i = 0; i < atOnce; i++) {
                Event event = event(() -> {
                    begun.countDown();
                    await(begun);
                });
                for (int inner = 1; inner < depth; inner++) {
                    Event next = event;
                    event = event(() -> client.publish(next));
                }
                Event outermost = event;
                publications.add(threads.submit(() -> client.publish(outermost)));
            }
            for (Future<Publication> each : publications) {
                assertThat(each.get(5, MINUTES).duplicate()).isFalse();
            }
        }
    }

    @Test
    void closeWaitsForThoseWhoPublish() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        WebhookClient client = client();
        CompletableFuture<Publication> publication = CompletableFuture.supplyAsync(
                () -> client.publish(event(() -> {
                    begun.countDown();
                    await(mayEnd);
                })),
                threads);
        await(begun);
        try (Logged logged = new Logged()) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(client::close, threads);
            while (isOpen(client)) {
                Thread.onSpinWait();
            }
            assertThat(closed).isNotDone();
            mayEnd.countDown();
            closed.get(5, MINUTES);

            assertThat(logged.lines("close() was called while events were being published"))
                    .isEmpty();
        }
        assertThat(publication.get(5, MINUTES).duplicate()).isFalse();
    }

    private static boolean isOpen(WebhookClient client) {
        try {
            return client.find("nobody").isEmpty();
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void closeByWhatIsBeingPublishedEndsAndSaysSo() throws Exception {
        WebhookClient client = client();
        try (Logged logged = new Logged()) {
            CompletableFuture<Publication> publication =
                    CompletableFuture.supplyAsync(() -> client.publish(event(client::close)), threads);

            assertThat(publication.get(5, MINUTES).duplicate()).isFalse();
            assertThat(logged.lines("close() was called while events were being published"))
                    .hasSize(1);
        }
    }
}
