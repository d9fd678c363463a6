package io.github.webhooks4j.machine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that write states of webhooks, whose rows may be locked by transactions of the application's. A webhook whose last write
 * took long is written behind others of that kind, one at a time, so that a thread is left to the rest.
 */
public final class Writers {
    private static final Duration SLOW = Duration.ofMillis(500);

    private final Executor threads;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> slow = new HashSet<>(); // guarded by lock
    private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by lock: tasks of those
    private boolean busy; // guarded by lock: one of them is under way

    /**
     * Writers on these threads.
     *
     * @param threads two at least
     */
    public Writers(Executor threads, Ticker ticker) {
        this.threads = threads;
        this.ticker = ticker;
    }

    /**
     * Does something soon for a webhook.
     *
     * @throws RejectedExecutionException if the client is closing; nothing is done then
     * @throws OutOfMemoryError if there is no thread to be had; nothing is done then
     */
    public void execute(String webhookId, Runnable task) {
        Runnable timed = () -> timed(webhookId, task);
        if (!isQueued(webhookId, timed)) {
            threads.execute(timed);
        }
    }

    private boolean isQueued(String webhookId, Runnable task) {
        lock.lock();
        try {
            if (!slow.contains(webhookId)) {
                return false;
            }
            if (!busy) {
                threads.execute(this::next); // which waits for this lock
                busy = true; // only now: there may be no thread
            }
            waiting.add(task);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Does the next of the slow ones. */
    private void next() {
        boolean handedOver = false;
        while (!handedOver) {
            try {
                take().run();
            } finally {
                handedOver = isHandedOver();
            }
        }
    }

    /**
     * Lets others have their turn before the one after it; false if this thread does the rest, because the client is closing or there
     * is no thread to be had.
     */
    private boolean isHandedOver() {
        lock.lock();
        try {
            busy = !waiting.isEmpty();
            if (busy) {
                threads.execute(this::next);
            }
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private Runnable take() {
        lock.lock();
        try {
            return waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    private void timed(String webhookId, Runnable task) {
        long began = ticker.nanos();
        try {
            task.run();
        } finally {
            boolean tookLong = ticker.nanos() - began > SLOW.toNanos();
            lock.lock();
            try {
                if (tookLong) {
                    slow.add(webhookId);
                } else {
                    slow.remove(webhookId);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
