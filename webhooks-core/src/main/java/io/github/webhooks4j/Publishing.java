package io.github.webhooks4j;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Who is publishing at the moment, any number of threads, so that {@code close()} can wait for them. */
final class Publishing {
    private final AtomicLong all = new AtomicLong();

    @SuppressWarnings("ThreadLocalUsage") // of each client; empty again when a thread has published
    private final ThreadLocal<Long> own = ThreadLocal.withInitial(() -> 0L);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean awaited;

    /** This thread begins to publish; also within what it publishes already. */
    void begin() {
        all.incrementAndGet();
        own.set(own.get() + 1);
    }

    /** Once for each {@link #begin}, by the same thread. */
    void end() {
        long left = own.get() - 1;
        if (left == 0) {
            own.remove();
        } else {
            own.set(left);
        }
        all.decrementAndGet();
        if (awaited) {
            lock.lock();
            try {
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether this thread is publishing. */
    boolean isOwn() {
        return own.get() > 0;
    }

    /** Waits until nobody publishes except, perhaps, this thread; false if somebody does when the time is over. */
    boolean awaitOthers(long nanos) throws InterruptedException {
        awaited = true;
        long left = nanos;
        lock.lock();
        try {
            while (all.get() > own.get()) {
                if (left <= 0) {
                    return false;
                }
                left = ended.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
