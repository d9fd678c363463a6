package io.github.webhooks4j;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.NewEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an application may do in stages that depend on the future of {@code publishAsync}. */
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PublishAsyncTest {
    private static final int MOST_UNDER_WAY = 1_000;

    private final HeldCommits commits = new HeldCommits();
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final WebhookClient client = new ClientSettings()
            .store(ForwardingStore.withQueue(DeliveryStore.inMemory(), queue -> new ForwardingQueue(queue) {
                @Override
                public Set<UUID> insert(List<NewEvent> events) {
                    commits.pass();
                    return super.insert(events);
                }
            }))
            .transport(new FakeTransport())
            .build();

    /** What commits stop at while it is held. */
    private static final class HeldCommits {
        private volatile CountDownLatch released = new CountDownLatch(0);
        private volatile boolean broken;

        void hold() {
            released = new CountDownLatch(1);
        }

        void release() {
            released.countDown();
        }

        /** Lets them go on, and fail. */
        void fail() {
            broken = true;
            release();
        }

        void pass() {
            blockOn(released);
            if (broken) {
                throw new IllegalStateException("the store is broken");
            }
        }
    }

    private static void blockOn(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        commits.release();
        unblocked.countDown();
        client.close();
    }

    private static Event event() {
        return Event.of("x", 1);
    }

    /** Their id is the application's: they are committed alone. */
    private static Event eventWithId(String id) {
        return Event.builder("x").id(id).data(1).build();
    }

    @Test
    void stageMayPublish() throws Exception {
        commits.hold();
        CompletableFuture<Publication> second =
                client.publishAsync(event()).thenApply(first -> client.publish(event()));
        commits.release();

        assertThat(second.get(5, MINUTES).duplicate()).isFalse();
    }

    @Test
    void stagesThatBlockHoldUpNoPublisher() throws Exception {
        int stages = 50;
        Semaphore blocked = new Semaphore(0);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        commits.hold();
        for (int i = 0; i < stages; i++) {
            Event event = i % 2 == 0 ? event() : eventWithId("own-" + i);
            all.add(client.publishAsync(event).thenRun(() -> {
                blocked.release();
                blockOn(unblocked);
            }));
        }
        commits.release();

        assertThat(blocked.tryAcquire(stages, 5, MINUTES)).isTrue();
        assertThat(client.publish(event()).duplicate()).isFalse();
        assertThat(client.publish(eventWithId("alone")).duplicate()).isFalse();
        assertThat(client.publishAsync(event()).get(5, MINUTES).duplicate()).isFalse();
        assertThat(all).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void stagesMayPublishAsyncAlsoWhenAThousandAreUnderWay() throws Exception {
        List<CompletableFuture<Void>> chains = new ArrayList<>();
        commits.hold();
        for (int i = 0; i < MOST_UNDER_WAY; i++) {
            chains.add(client.publishAsync(event())
                    .thenCompose(first ->
                            CompletableFuture.allOf(client.publishAsync(event()), client.publishAsync(event()))));
        }
        commits.release();

        CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)).get(5, MINUTES);
    }

    @Test
    void stagesMayWaitForEachOther() throws Exception {
        List<CompletableFuture<Publication>> second = new ArrayList<>();
        commits.hold();
        for (int i = 0; i < 100; i++) {
            second.add(client.publishAsync(event())
                    .thenApply(first -> client.publishAsync(event()).join()));
        }
        commits.release();

        CompletableFuture.allOf(second.toArray(CompletableFuture[]::new)).get(5, MINUTES);
    }

    @Test
    void stagesRunOnThreadsOfTheirOwn() throws Exception {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        commits.hold();
        CompletableFuture<Void> both = CompletableFuture.allOf(
                client.publishAsync(event())
                        .thenRun(() -> threads.add(Thread.currentThread().getName())),
                client.publishAsync(eventWithId("own"))
                        .thenRun(() -> threads.add(Thread.currentThread().getName())));
        commits.release();
        both.get(5, MINUTES);

        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("webhooks4j-async-"));
    }

    @Test
    void failureIsTheOneThatPublishThrows() throws Exception {
        commits.hold();
        CompletableFuture<Publication> publication = client.publishAsync(event());
        commits.fail();

        assertThatThrownBy(() -> publication.get(5, MINUTES))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the store is broken");
    }

    @Test
    void stageMayCloseTheClient() throws Exception {
        try (Logged logged = new Logged()) {
            commits.hold();
            CompletableFuture<Void> closed = client.publishAsync(event()).thenRun(client::close);
            commits.release();
            closed.get(5, MINUTES);

            assertThat(logged.lines("publishAsync")).isEmpty();
        }
    }

    @Test
    void closeCompletesTheFuturesOfWhatIsUnderWay() {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        commits.hold();
        for (int i = 0; i < 100; i++) {
            stages.add(client.publishAsync(event()).thenRun(() -> blockOn(unblocked)));
        }
        commits.release();
        client.close();
        unblocked.countDown();

        assertThat(CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new)))
                .succeedsWithin(java.time.Duration.ofSeconds(30));
    }
}
