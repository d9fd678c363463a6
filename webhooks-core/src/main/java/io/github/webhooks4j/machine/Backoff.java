package io.github.webhooks4j.machine;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one loop behaves while it fails: it waits longer each time. That the store is out of reach is told by the {@link Outage} that
 * it shares with others; of a defect, it says so once itself. For the loop's thread.
 */
public final class Backoff {
    private static final Logger log = LoggerFactory.getLogger(Backoff.class);
    private static final Doubling DELAYS = new Doubling(Duration.ofMillis(100), Duration.ofSeconds(1));

    private final String loop;
    private final Outage outage;
    private int failures;
    private boolean toldDefect;

    /**
     * A back-off for one loop.
     *
     * @param loop what the loop does, for the log
     * @param outage what all loops on the store have in common
     */
    public Backoff(String loop, Outage outage) {
        this.loop = loop;
        this.outage = outage;
    }

    /** The loop could not do it; how long to wait before it is tried again. */
    public Duration failed(Throwable e) {
        failures++;
        if (!outage.failed(this, e) && !toldDefect) {
            toldDefect = true;
            log.warn("{} failed and is repeated until it succeeds", loop, e);
        }
        return DELAYS.after(failures - 1);
    }

    /** The loop did it. */
    public void succeeded() {
        if (failures > 0) {
            outage.isOver(this);
            if (toldDefect) {
                log.info("{} succeeded again after {} failure(s)", loop, failures);
            }
            failures = 0;
            toldDefect = false;
        }
    }

    /** What the loop does. */
    @Override
    public String toString() {
        return loop;
    }
}
