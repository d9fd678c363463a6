package io.github.webhooks4j.engine;

import io.github.webhooks4j.Announcer;
import io.github.webhooks4j.Registry;
import io.github.webhooks4j.WebhookStatus;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The regular look into the store: finds what other nodes left or added, and ends what nobody is to send any more. For the
 * engine's thread only.
 */
final class Discovery {
    private static final Duration BUSY = Duration.ofSeconds(1);
    /** The longest time between two looks. */
    static final Duration IDLE = Duration.ofSeconds(5);
    /** A look that takes more than one part in so many of the time is made less often. */
    private static final int SHARE = 20;

    private static final int MAX_DUE = 20_000;

    /** How long a delivery is kept for a webhook that is paused or was disabled, reckoned from when it was first due. */
    private static final Duration HOLD_LIMIT = Duration.ofDays(14);
    /** How long a delivery is attempted, or held back by a breaker, at most, whatever the retry policy says. */
    static final Duration AGE_LIMIT = Duration.ofDays(7);

    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final int SWEEP = 500;
    /** How many deliveries one look ends at most, so that it does not hold up the others. */
    private static final int MAX_ENDED = 5_000;

    private final DeliveryStore store;
    private final Registry registry;
    private final Announcer announcer;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Expected expected;

    private long next;
    private long nextExpiry;
    /** How many more deliveries this look may end. */
    private int rowsLeft;

    private volatile boolean closed;

    Discovery(
            DeliveryStore store,
            Registry registry,
            Announcer announcer,
            StoreClock clock,
            Ticker ticker,
            Expected expected) {
        this.store = store;
        this.registry = registry;
        this.announcer = announcer;
        this.clock = clock;
        this.ticker = ticker;
        this.expected = expected;
        next = ticker.nanos();
        nextExpiry = ticker.nanos();
    }

    /** When the next look is to be made, by {@link Ticker#nanos}. */
    long next() {
        return next;
    }

    /** Looks, if it is time; less often while there is nothing. */
    void look() {
        if (ticker.nanos() - next < 0) {
            return;
        }
        long began = ticker.nanos();
        Map<String, Instant> due = store.due(MAX_DUE);
        Duration took = Duration.ofNanos(ticker.nanos() - began);
        boolean isTimeToExpire = began - nextExpiry >= 0;
        rowsLeft = MAX_ENDED;
        boolean relaxed = due.isEmpty() || took.multipliedBy(SHARE).compareTo(BUSY) > 0;
        next = ticker.nanos() + (relaxed ? IDLE : BUSY).toNanos(); // also if something fails below
        due.forEach((webhookId, at) -> found(webhookId, at, isTimeToExpire));
        if (isTimeToExpire && rowsLeft > 0) {
            nextExpiry = ticker.nanos() + EXPIRY.toNanos();
        }
    }

    private void found(String webhookId, Instant at, boolean isTimeToExpire) {
        if (registry.active(webhookId) != null) {
            expected.at(webhookId, at);
        } else if (registry.brokenUntil(webhookId).isPresent()) {
            Instant until = registry.brokenUntil(webhookId).orElse(at);
            expected.at(webhookId, at.isAfter(until) ? at : until);
            if (isTimeToExpire) {
                expire(webhookId, AGE_LIMIT);
            }
        } else if (registry.status(webhookId).filter(WebhookStatus::holds).isPresent()) {
            if (isTimeToExpire) {
                expire(webhookId, HOLD_LIMIT);
            }
        } else if (!registry.knows(webhookId)
                || registry.isRemoved(webhookId)
                || registry.status(webhookId).filter(status -> !status.isKept()).isPresent()) {
            sweep(webhookId);
        }
    }

    /** Ends what was held for longer than anybody wants it. */
    private void expire(String webhookId, Duration limit) {
        Instant tooOld = clock.now().minus(limit);
        if (registry.status(webhookId)
                .flatMap(WebhookStatus::resumedAt)
                .filter(tooOld::isBefore)
                .isPresent()) {
            return; // the time that it was held does not count
        }
        endAll(most -> store.expire(webhookId, tooOld, most));
    }

    /** Cancels deliveries of a removed or disabled webhook that another node stored before it knew. */
    private void sweep(String webhookId) {
        endAll(most -> WebhookStatus.isKept(store, webhookId) ? List.of() : store.cancel(webhookId, most));
    }

    /** Ends deliveries, as many as one look may: what is left is found by the next. */
    private void endAll(IntFunction<List<Delivery>> some) {
        while (rowsLeft > 0 && !closed) {
            int limit = Math.min(SWEEP, rowsLeft);
            List<Delivery> ended = some.apply(limit);
            ended.forEach(announcer::ended);
            rowsLeft -= ended.size();
            if (ended.size() < limit) {
                return;
            }
        }
    }

    /** Ends a look that is under way soon. Called by any thread. */
    void close() {
        closed = true;
    }
}
