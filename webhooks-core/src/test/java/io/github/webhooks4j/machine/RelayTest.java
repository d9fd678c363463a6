package io.github.webhooks4j.machine;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How tasks that may block share threads. */
class RelayTest {
    private static final int MOST = 20;

    private final ExecutorService threads = WorkerThreads.asNeeded("relay-test");
    private final Relay relay = new Relay(threads, MOST);
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final Semaphore blocked = new Semaphore(0);

    @AfterEach
    void close() {
        unblocked.countDown();
        relay.shutdown();
    }

    private void block() {
        blocked.release();
        try {
            assertThat(unblocked.await(5, MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void block(int tasks) throws InterruptedException {
        for (int i = 0; i < tasks; i++) {
            relay.execute(this::block);
        }
        assertThat(blocked.tryAcquire(Math.min(tasks, MOST), 5, MINUTES)).isTrue();
    }

    /** Threads that begin when the test says so; each call is one of them. */
    private static final class CalledThreads extends ThreadPoolExecutor {
        private final List<Runnable> calls = new ArrayList<>();

        CalledThreads() {
            super(1, 1, 0, MINUTES, new LinkedBlockingQueue<>());
        }

        @Override
        public void execute(Runnable thread) {
            calls.add(thread);
        }
    }

    @Test
    void tasksBehindOneThatBlocksAreRunByOthers() throws Exception {
        block(MOST - 1);

        Semaphore ran = new Semaphore(0);
        for (int i = 0; i < 1_000; i++) {
            relay.execute(ran::release);
        }
        assertThat(ran.tryAcquire(1_000, 5, MINUTES)).isTrue();
    }

    @Test
    void quickTasksAreRunByOneThreadWhileTheNextIsOnItsWay() {
        CalledThreads called = new CalledThreads();
        Relay quick = new Relay(called, MOST);
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            quick.execute(() -> ran.add(number));
        }
        assertThat(called.calls).hasSize(1);

        called.calls.get(0).run();
        assertThat(ran).hasSize(100).isSorted();
        assertThat(called.calls).as("one to take over, which was not needed").hasSize(2);

        called.calls.get(1).run();
        quick.execute(() -> ran.add(100));
        assertThat(called.calls).hasSize(3);
    }

    @Test
    void noMoreThreadsAreTakenThanAllowed() throws Exception {
        block(MOST);
        CountDownLatch later = new CountDownLatch(1);
        relay.execute(later::countDown);
        assertThat(((ThreadPoolExecutor) threads).getPoolSize()).isEqualTo(MOST);
        assertThat(later.getCount()).isEqualTo(1);

        unblocked.countDown();
        assertThat(later.await(5, MINUTES)).isTrue();
    }

    @Test
    void taskThatFailsHarmsNoOther() throws Exception {
        CountDownLatch later = new CountDownLatch(1);
        relay.execute(() -> {
            throw new IllegalStateException("for the log");
        });
        relay.execute(() -> {
            throw new AssertionError("for the log");
        });
        relay.execute(later::countDown);

        assertThat(later.await(5, MINUTES)).isTrue();
    }

    @Test
    void beginningIsWaitedForAndTheEndIsNot() throws Exception {
        block(MOST);
        assertThat(relay.awaitBegun(0)).isTrue();

        relay.execute(() -> {});
        assertThat(relay.awaitBegun(1)).isFalse();
        unblocked.countDown();
        assertThat(relay.awaitBegun(MINUTES.toNanos(5))).isTrue();
    }

    @Test
    void tasksThatComeAfterTheEndAreRunHere() {
        relay.shutdown();
        List<Thread> ran = new ArrayList<>();
        relay.execute(() -> ran.add(Thread.currentThread()));
        relay.execute(() -> ran.add(Thread.currentThread()));

        assertThat(ran).containsExactly(Thread.currentThread(), Thread.currentThread());
    }
}
