package io.github.webhooks4j.machine;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one loop behaves while the store is out of reach: waits longer each time, and says so once. For the loop's thread. */
public final class Backoff {
    private static final Logger log = LoggerFactory.getLogger(Backoff.class);
    private static final Doubling DELAYS = new Doubling(Duration.ofMillis(100), Duration.ofSeconds(1));

    private final String loop;
    private int failures;

    /**
     * A back-off for one loop.
     *
     * @param loop what the loop does, for the log
     */
    public Backoff(String loop) {
        this.loop = loop;
    }

    /** The store could not do it; how long to wait before it is tried again. */
    public Duration failed(Throwable e) {
        failures++;
        if (failures == 1) {
            log.warn("{} failed and is repeated until it succeeds", loop, e);
        }
        return DELAYS.after(failures - 1);
    }

    /** The store did it. */
    public void succeeded() {
        if (failures > 0) {
            log.info("{} succeeded again after {} failure(s)", loop, failures);
            failures = 0;
        }
    }
}
