package io.github.webhooks4j.engine;

import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * No request is made by a view of the webhooks that is old: who was removed or disabled on another node meanwhile must get nothing.
 * Where the store is slow, the view may be older, so that a slow store slows deliveries and does not stop them. Says in the log when
 * an old view stops deliveries, as soon as somebody asks, and when they go on. Safe for use by any thread.
 */
final class ViewAge {
    private static final Logger log = LoggerFactory.getLogger(ViewAge.class);
    /** How old the view may be while the store is fast. */
    private static final Duration YOUNG = Duration.ofSeconds(2);
    /** While it is slow, the view may be as old as so many rounds of the engine take, with all that they ask the store for. */
    private static final int ROUNDS = 3;
    /** A view of this age is never used. */
    private static final Duration OLD = Duration.ofSeconds(30);
    /** A pause of the process alone makes the view old for a moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** The store was slow, and is not any more, if it has not been for so long. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private final Targets targets;
    private final Ticker ticker;
    private final Outage outage;
    private volatile long mayBeOldNanos = YOUNG.toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;
    private volatile boolean old;
    private long oldSince; // guarded by lock, if it is old
    private boolean toldOld; // guarded by lock

    // by the engine's thread only
    private final Duration interval;
    private long due;
    private boolean toldSlow;
    private int slowInARow;
    private long slowAt;

    /**
     * The age of this view.
     *
     * @param interval how long after a refresh the next one is due
     * @param outage while the log tells of one, an old view is no news
     */
    ViewAge(Targets targets, Ticker ticker, Duration interval, Outage outage) {
        this.targets = targets;
        this.ticker = ticker;
        this.interval = interval;
        this.outage = outage;
        due = ticker.nanos();
    }

    /** Refreshes it. For the engine's thread only. */
    void refresh() {
        long began = ticker.nanos();
        long late = Math.max(0, began - due); // what else the store was asked for took so long
        try {
            targets.refresh();
        } finally {
            due = ticker.nanos() + interval.toNanos();
        }
        long now = ticker.nanos();
        long round = now - began + late;
        long slow = Math.min(ROUNDS * round, OLD.toNanos());
        mayBeOldNanos = Math.max(YOUNG.toNanos(), slow);
        slowInARow = slow > YOUNG.toNanos() ? slowInARow + 1 : 0;
        if (slowInARow > 0) {
            slowAt = now;
        }
        if (slowInARow > 1 && !toldSlow) {
            toldSlow = true;
            log.warn(
                    "the database is slow: {} s for a look for changes and deliveries. Deliveries are slow, and changes that other"
                            + " nodes make take effect here after up to {} s. Look at how long statements take, and whether the"
                            + " application's transactions hold all connections of the pool",
                    seconds(round),
                    seconds(slow));
        } else if (toldSlow && now - slowAt >= SETTLED.toNanos()) {
            toldSlow = false;
            log.info("the database is not slow any more");
        }
    }

    /** Whether requests may be made by it. */
    boolean isYoung() {
        boolean young = targets.age().toNanos() <= mayBeOldNanos;
        if ((!young || old) && !closed) {
            looked(young);
        }
        return young;
    }

    private void looked(boolean young) {
        long now = ticker.nanos();
        boolean stopped = false;
        boolean goesOn = false;
        lock.lock();
        try {
            if (young) {
                goesOn = toldOld;
                toldOld = false;
            } else if (!old) {
                oldSince = now;
            } else if (!toldOld && !outage.isUnderWay() && now - oldSince >= PATIENCE.toNanos()) {
                stopped = true;
                toldOld = true;
            }
            old = !young;
        } finally {
            lock.unlock();
        }
        if (stopped) {
            log.warn(
                    "no request is made: the database has not said for {} s which webhooks have changed. Nothing is lost, and"
                            + " requests go on when it does. Look at whether it can be reached, how long statements take, and"
                            + " whether the application's transactions hold all connections of the pool",
                    seconds(targets.age().toNanos()));
        } else if (goesOn) {
            log.info("requests are made again");
        }
    }

    /** Nothing refreshes it any more, which is nothing to tell of. */
    void close() {
        closed = true;
    }

    private static String seconds(long nanos) {
        return String.valueOf(Math.round(nanos / 1e8) / 10.0);
    }
}
