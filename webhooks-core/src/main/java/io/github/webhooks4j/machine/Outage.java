package io.github.webhooks4j.machine;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store is out of reach, as all loops of a client see it together. However many fail, the log has one line when the
 * first does, and one when all go on. Safe for use by any thread.
 */
public final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);
    private static final int MAX_TEXT = 300;
    private static final int MAX_CAUSES = 20; // they may form a circle

    private final Ticker ticker;
    private final Predicate<Throwable> isOutage;
    private final Supplier<Duration> unanswered;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Backoff> failing = new HashSet<>(); // guarded by lock
    private long since; // guarded by lock, while any fails
    private volatile boolean underWay;

    /**
     * None yet.
     *
     * @param isOutage whether a failure says that the store is out of reach; others are defects
     * @param unanswered how long ago the store answered last
     */
    public Outage(Ticker ticker, Predicate<Throwable> isOutage, Supplier<Duration> unanswered) {
        this.ticker = ticker;
        this.isOutage = isOutage;
        this.unanswered = unanswered;
    }

    /** Whether there is one, and the log says so. */
    public boolean isUnderWay() {
        return underWay;
    }

    /** A loop failed; tells whether that was because the store is out of reach. */
    boolean failed(Backoff loop, Throwable e) {
        if (!isOutage.test(e)) {
            isOver(loop); // the store answers
            return false;
        }
        log.debug("{} failed", loop, e);
        boolean begins;
        lock.lock();
        try {
            begins = failing.isEmpty();
            since = begins ? ticker.nanos() : since;
            failing.add(loop);
            underWay = true;
        } finally {
            lock.unlock();
        }
        if (begins) {
            log.warn(
                    "trouble with the database, which gave its last good answer {} s ago: {}. While it lasts, publishing may"
                            + " throw a StoreException, and deliveries wait; nothing that was published is lost. It is tried"
                            + " again every second, and the log says when all goes on (at DEBUG, stack traces)",
                    seconds(unanswered.get().toNanos()),
                    reason(e));
        }
        return true;
    }

    /** For this loop, the store is not out of reach, or not any more. */
    void isOver(Backoff loop) {
        boolean ends;
        long lasted;
        lock.lock();
        try {
            ends = failing.remove(loop) && failing.isEmpty();
            underWay = !failing.isEmpty();
            lasted = ticker.nanos() - since;
        } finally {
            lock.unlock();
        }
        if (ends) {
            log.info("the trouble with the database is over after {} s; all goes on", seconds(lasted));
        }
    }

    /** What could not be done, and what is at the bottom of it, in one line. */
    private static String reason(Throwable e) {
        Throwable root = e;
        for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
            root = root.getCause();
        }
        String text = root == e ? String.valueOf(e.getMessage()) : e.getMessage() + "; " + root;
        String line = text.lines().findFirst().orElse("");
        return line.substring(0, Math.min(line.length(), MAX_TEXT));
    }

    private static String seconds(long nanos) {
        return String.valueOf(Math.round(nanos / 1e8) / 10.0);
    }
}
