package io.github.webhooks4j.machine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one loop behaves while the store is out of reach: waits longer each time, and says so once. */
public final class Backoff {
    private static final Logger log = LoggerFactory.getLogger(Backoff.class);
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LAST = Duration.ofSeconds(1);

    private static final Duration CLOSING = Duration.ofMillis(50);

    private final String loop;
    private final CountDownLatch closed;
    private int failures; // only by the loop's thread

    /**
     * A back-off for one loop.
     *
     * @param loop what the loop does, for the log
     * @param closed ends every pause, and shortens those to come
     */
    public Backoff(String loop, CountDownLatch closed) {
        this.loop = loop;
        this.closed = closed;
    }

    public void failed(Throwable e) {
        failures++;
        if (failures == 1) {
            log.warn("{} failed and is repeated until it succeeds", loop, e);
        }
    }

    public void succeeded() {
        if (failures > 0) {
            log.info("{} succeeded again after {} failure(s)", loop, failures);
            failures = 0;
        }
    }

    public Duration delay() {
        return new Doubling(FIRST, LAST).after(Math.max(0, failures - 1));
    }

    /** Waits; not for long once {@code closed} has counted down. */
    public void pause() throws InterruptedException {
        if (closed.await(delay().toNanos(), TimeUnit.NANOSECONDS)) {
            LockSupport.parkNanos(this, CLOSING.toNanos());
        }
    }
}
