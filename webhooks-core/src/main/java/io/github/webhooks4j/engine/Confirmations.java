package io.github.webhooks4j.engine;

import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryQueue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Deliveries that were stored in transactions of callers. Only the store can tell whether those were committed: after a
 * rollback to a savepoint, or of a transaction that had failed, even a commit returns normally with nothing written. So the
 * store is asked, for many at once, and what it does not show is not sent.
 *
 * <p>It is asked when a hint comes; where none will come, again and again for as long as the lease leaves time to send. After
 * that, the lease passes, and whoever looks next finds what was committed.
 */
public final class Confirmations {
    private static final List<Duration> LOOKS = List.of(
            Duration.ofMillis(2),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(100));

    private static final int MAX_AT_ONCE = 1024;

    private final DeliveryQueue queue;
    private final Lanes lanes;
    private final Ticker ticker;
    private final Consumer<Held> giveBack;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Batch> waiting = new ArrayDeque<>(); // guarded by lock

    /**
     * None yet.
     *
     * @param giveBack takes what was committed and cannot be sent from here
     */
    Confirmations(DeliveryQueue queue, Lanes lanes, Ticker ticker, Consumer<Held> giveBack) {
        this.queue = queue;
        this.lanes = lanes;
        this.ticker = ticker;
        this.giveBack = giveBack;
    }

    /** What one call stored: it was committed as a whole, or not at all. */
    public static final class Batch {
        private final List<Held> held;
        private final long giveUp;
        private boolean last; // guarded by lock, as the following: what the next look does not show was rolled back
        private long nextLook;
        private int looks;

        private Batch(List<Held> held, long giveUp, long nextLook) {
            this.held = held;
            this.giveUp = giveUp;
            this.nextLook = nextLook;
        }

        List<Held> held() {
            return held;
        }

        private void postpone(long now) {
            long pause = LOOKS.get(Math.min(looks++, LOOKS.size() - 1)).toNanos();
            nextLook = now + Math.min(pause, giveUp - now);
        }
    }

    /**
     * Adds what was stored, before the transaction ends.
     *
     * @param giveUpNanos when it is too late to send it, by {@link Ticker#nanos}
     */
    public Batch add(List<Held> held, long giveUpNanos) {
        Batch batch = new Batch(held, giveUpNanos, giveUpNanos);
        if (!held.isEmpty()) { // as it always is on a node that only publishes, where nobody looks
            locked(() -> waiting.add(batch));
        }
        return batch;
    }

    /** Nobody will tell of the end of this transaction: it is looked for. */
    public void lookFor(Batch batch) {
        locked(() -> batch.postpone(ticker.nanos()));
    }

    /** A transaction seems to have been committed. */
    public void hinted(Batch batch) {
        locked(() -> {
            batch.last = true;
            batch.nextLook = ticker.nanos();
        });
    }

    /** Asks the store for what is to be looked for now, and hands over what is there. */
    void look() {
        List<Batch> looked = due();
        if (looked.isEmpty()) {
            return;
        }
        Set<Claim> standing;
        try {
            standing =
                    queue.confirm(looked.stream().flatMap(Confirmations::claims).toList());
        } catch (RuntimeException | Error e) {
            locked(() -> waiting.addAll(looked));
            throw e;
        }
        looked.forEach(batch -> settle(batch, standing));
    }

    private static Stream<Claim> claims(Batch batch) {
        return batch.held.stream().map(held -> held.claimed().claim());
    }

    /** Takes out what is to be looked for now; what is too late is let go. */
    private List<Batch> due() {
        long now = ticker.nanos();
        List<Batch> due = new ArrayList<>();
        List<Batch> late = new ArrayList<>();
        locked(() -> {
            int claims = 0;
            for (Iterator<Batch> each = waiting.iterator(); each.hasNext() && claims < MAX_AT_ONCE; ) {
                Batch batch = each.next();
                if (now - batch.giveUp >= 0) {
                    late.add(batch);
                    each.remove();
                } else if (now - batch.nextLook >= 0) {
                    due.add(batch);
                    claims += batch.held.size();
                    each.remove();
                }
            }
        });
        late.forEach(this::letGo);
        return due;
    }

    private void settle(Batch batch, Set<Claim> standing) {
        List<Held> there = batch.held.stream()
                .filter(held -> standing.contains(held.claimed().claim()))
                .toList();
        if (!there.isEmpty()) {
            batch.held.stream()
                    .filter(held -> !standing.contains(held.claimed().claim()))
                    .forEach(held -> lanes.unreserveUncommitted(held.bytes()));
            lanes.committed(there).forEach(giveBack);
        } else if (isOver(batch)) {
            letGo(batch);
        }
    }

    /** Whether this was the last look; otherwise there will be another. */
    private boolean isOver(Batch batch) {
        lock.lock();
        try {
            if (!batch.last) {
                batch.postpone(ticker.nanos());
                waiting.add(batch);
            }
            return batch.last;
        } finally {
            lock.unlock();
        }
    }

    private void letGo(Batch batch) {
        batch.held.forEach(held -> lanes.unreserveUncommitted(held.bytes()));
    }

    /** When to look next, by {@link Ticker#nanos}; {@link Long#MAX_VALUE} if there is nothing to look for. */
    long next() {
        lock.lock();
        try {
            return waiting.stream().mapToLong(batch -> batch.nextLook).min().orElse(Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /** Looks for all a last time, so that what was committed can be given back. */
    void close() {
        locked(() -> waiting.forEach(batch -> {
            batch.last = true;
            batch.nextLook = ticker.nanos();
        }));
        while (next() != Long.MAX_VALUE) {
            look();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
