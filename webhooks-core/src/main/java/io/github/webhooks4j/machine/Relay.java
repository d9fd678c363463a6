package io.github.webhooks4j.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks of the application's, which may block, on few threads. A thread runs one task after the other; as long as some
 * wait, it calls one more thread, and that one the next. So quick tasks take a few threads, and a task that blocks holds up
 * none that comes after it, until as many block as there may be threads.
 */
public final class Relay implements Executor {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final ExecutorService threads;
    private final int most;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition begun = lock.newCondition();
    private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by lock
    private int running; // guarded by lock: threads, with the one that was called
    private boolean called; // guarded by lock: a thread was called, and has not taken a task yet

    /**
     * A relay.
     *
     * @param threads where it gets its threads from; shut down with it
     * @param most how many threads it takes at a time
     */
    public Relay(ExecutorService threads, int most) {
        this.threads = threads;
        this.most = most;
    }

    /** Returns at once, except after {@link #shutdown}: then the task is run here. */
    @Override
    public void execute(Runnable task) {
        boolean call;
        lock.lock();
        try {
            waiting.add(task);
            call = mayCall();
        } finally {
            lock.unlock();
        }
        if (call && !call()) {
            run(); // closing: whoever is here does it, so that nobody is forgotten
        }
    }

    /** Whether to call a thread, which then counts as called. Only under the lock. */
    private boolean mayCall() {
        boolean call = !waiting.isEmpty() && !called && running < most;
        if (call) {
            called = true;
            running++;
        }
        return call;
    }

    /** False, with the call still standing, after {@link #shutdown}. */
    private boolean call() {
        try {
            threads.execute(this::run);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        } catch (OutOfMemoryError e) {
            log.error("the machine has no thread for what waits; the next task calls again", e);
            takeBack();
            return true;
        }
    }

    private void takeBack() {
        lock.lock();
        try {
            called = false;
            running--;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (Runnable task = next(true); task != null; task = next(false)) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("a task of the application's failed", e);
            }
        }
    }

    private @Nullable Runnable next(boolean answersACall) {
        Runnable task;
        boolean call;
        lock.lock();
        try {
            if (answersACall) {
                called = false;
            }
            task = waiting.poll();
            if (task == null) {
                running--;
            }
            if (waiting.isEmpty()) {
                begun.signalAll();
            }
            call = mayCall();
        } finally {
            lock.unlock();
        }
        if (call && !call()) {
            takeBack(); // this thread takes the next one itself
        }
        return task;
    }

    /** Waits until all tasks have begun, but not for their end; false if some have not when the time is over. */
    public boolean awaitBegun(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (!waiting.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = begun.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more threads. What runs goes on. */
    public void shutdown() {
        threads.shutdown();
    }
}
