package io.github.webhooks4j.housekeeping;

import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.BulkStep;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Forgets what is older than it is to be kept, a page at a time: it goes on behind what has to stay, and begins anew every ten minutes.
 * Nodes do not agree on who does it: each that is started does, and none waits for another.
 */
public final class Retention implements Loop.Step {
    /** Makes one step of forgetting. */
    public interface Forgetting {
        /** Reads so much that was published before an instant, and forgets what need not stay; says where to go on. */
        BulkStep<UUID> forget(Instant publishedBefore, Optional<UUID> after, int budget);
    }

    private static final int PAGE = 500;
    private static final Duration ANEW = Duration.ofMinutes(10);

    private final Forgetting forgetting;
    private final Duration kept;
    private final InstantSource storeClock;
    private final Ticker ticker;

    /** How far it has come. For the thread of the chores only. */
    private Optional<UUID> after = Optional.empty();

    /**
     * Forgets what is older than {@code kept}. Nothing brings it back: so it is old only if both the store's clock and this machine's say
     * so.
     */
    public Retention(Forgetting forgetting, Duration kept, InstantSource storeClock, Ticker ticker) {
        this.forgetting = forgetting;
        this.kept = kept;
        this.storeClock = storeClock;
        this.ticker = ticker;
    }

    /** Forgets a page. */
    @Override
    public Duration step() {
        long began = ticker.nanos();
        BulkStep<UUID> page =
                forgetting.forget(earlier(storeClock.instant(), ticker.now()).minus(kept), after, PAGE);
        after = page.next();
        return after.isPresent()
                ? Duration.ofNanos(ticker.nanos() - began) // so that it takes half of a connection's time at most
                : ANEW;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
