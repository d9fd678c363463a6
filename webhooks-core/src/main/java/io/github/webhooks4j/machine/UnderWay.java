package io.github.webhooks4j.machine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Who is at something at the moment, any number of threads, so that others can wait for the end of it. */
public final class UnderWay {
    private final AtomicLong all = new AtomicLong();

    @SuppressWarnings("ThreadLocalUsage") // of each client; empty again when a thread has ended
    private final ThreadLocal<Long> own = ThreadLocal.withInitial(() -> 0L);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private volatile boolean awaited;

    /** This thread begins; also within what it is at already. */
    public void begin() {
        all.incrementAndGet();
        own.set(own.get() + 1);
    }

    /** Once for each {@link #begin}, by the same thread. */
    public void end() {
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

    /** Whether this thread is at it. */
    public boolean isOwn() {
        return own.get() > 0;
    }

    /** Waits until nobody is at it except, perhaps, this thread; false if somebody is when the time is over. */
    public boolean awaitOthers(long nanos) throws InterruptedException {
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
