package io.github.webhooks4j.machine;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's time, kept up between readings by this machine's monotonic clock. Safe for use by any thread. */
public final class StoreClock {
    private static final Logger log = LoggerFactory.getLogger(StoreClock.class);
    private static final Duration TOLERATED_SKEW = Duration.ofSeconds(30);
    private static final Duration FAR_AHEAD = Duration.ofDays(365);

    private final Ticker ticker;
    private volatile Anchor anchor;
    private boolean skewed; // guarded by this
    private boolean read; // guarded by this

    public StoreClock(Ticker ticker) {
        this.ticker = ticker;
        this.anchor = new Anchor(ticker.now(), ticker.nanos());
    }

    /** Takes a reading of the store's clock. */
    public synchronized void set(Instant storeNow) {
        Duration setBack = Duration.between(storeNow, now());
        if (read && setBack.compareTo(TOLERATED_SKEW) > 0) {
            log.warn(
                    "the database's clock was set back by {} s: retries wait so much longer, and signatures have its time",
                    setBack.toSeconds());
        }
        read = true;
        anchor = new Anchor(storeNow, ticker.nanos());
        Duration skew = Duration.between(storeNow, ticker.now());
        boolean tooMuch = skew.abs().compareTo(TOLERATED_SKEW) > 0;
        if (tooMuch && !skewed) {
            log.warn(
                    "this machine's clock is {} s {} the database's; deliveries and signatures use the database's time. If that is wrong"
                            + " by more than 5 minutes, receivers refuse every signature",
                    skew.abs().toSeconds(),
                    skew.isNegative() ? "behind" : "ahead of");
        }
        skewed = tooMuch;
    }

    public Instant now() {
        Anchor last = anchor;
        return last.storeNow.plusNanos(ticker.nanos() - last.nanos);
    }

    /** The moment of {@link Ticker#nanos} at which the store's clock will show this instant; a year ahead at most. */
    public long nanosAt(Instant instant) {
        Duration ahead = Duration.between(now(), instant);
        if (ahead.isNegative()) {
            return ticker.nanos();
        }
        return ticker.nanos() + (ahead.compareTo(FAR_AHEAD) < 0 ? ahead : FAR_AHEAD).toNanos();
    }

    private record Anchor(Instant storeNow, long nanos) {}
}
