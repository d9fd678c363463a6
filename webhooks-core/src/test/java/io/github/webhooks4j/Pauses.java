package io.github.webhooks4j;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Notices when the machine pauses: a limit of time that somebody else must keep may be exceeded by as much. */
public final class Pauses implements AutoCloseable {
    private static final long STEP_NANOS = 1_000_000;

    private final AtomicLong longest = new AtomicLong();
    private volatile boolean closed;

    /** Watches from now on. */
    public Pauses() {
        Thread thread = new Thread(this::watch, "pauses");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long before = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(STEP_NANOS);
            long now = System.nanoTime();
            longest.accumulateAndGet(now - before - STEP_NANOS, Math::max);
            before = now;
        }
    }

    /** How long a thread that wanted to run did not, at the longest. */
    public Duration longest() {
        return Duration.ofNanos(longest.get());
    }

    @Override
    public void close() {
        closed = true;
    }
}
