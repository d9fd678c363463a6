package io.github.webhooks4j.engine;

import io.github.webhooks4j.machine.Doubling;
import java.time.Duration;

/**
 * How long this node starts nothing, while what fails is on our side: longer each time, until an attempt meets no such
 * trouble. Safe for use by any thread.
 */
public final class OursPause {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(30);

    private int pauses; // in a row; guarded by this
    private volatile boolean troubled;
    private volatile long until;

    /** None so far. */
    public OursPause(long now) {
        until = now;
    }

    /** Trouble of ours. Attempts that were under way when the pause began meet it too, and make it no longer. */
    public synchronized void begin(long now) {
        if (isOver(now)) {
            until = now + new Doubling(FIRST, LAST).after(pauses).toNanos();
            pauses++;
            troubled = true;
        }
    }

    /** An attempt met no trouble of ours: the next pause is short again. */
    public void forget() {
        if (troubled) { // nearly never
            reset();
        }
    }

    private synchronized void reset() {
        pauses = 0;
        troubled = false;
    }

    public boolean isOver(long now) {
        return now - until >= 0;
    }

    /** When it is over, or was. */
    public long until() {
        return until;
    }
}
