package io.github.webhooks4j.engine;

import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Backoff;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.Claim;
import io.github.webhooks4j.store.DeliveryStore.Outcome;
import io.github.webhooks4j.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes and releases to the store, many in one transaction. What cannot be written stays here until it can; when
 * too much waits, nothing new is started.
 */
public final class Recorder {
    /**
     * An outcome with the delivery it is about.
     *
     * @param refusals how often the store has refused it, even by itself
     */
    record Finished(Held held, Outcome outcome, int refusals) {
        Finished(Held held, Outcome outcome) {
            this(held, outcome, 0);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Recorder.class);
    private static final int BATCH = 256;
    /** What is refused so often would hold up everything for ever. */
    private static final int MAX_REFUSALS = 20;
    /** Bounds what is sent twice after a crash; two batches are enough to keep the recorder busy. */
    private static final int BACKED_UP = 2 * BATCH;
    /** How long the first outcome of a batch waits for company. */
    private static final Duration LINGER = Duration.ofMillis(5);

    private final DeliveryStore store;
    private final Lanes lanes;
    private final Consumer<List<Finished>> onRecorded;
    private final Runnable onReleased;
    private final Backoff backoff;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Deque<Finished> finished = new ArrayDeque<>(); // guarded by lock
    private final Map<Claim, Instant> released = new HashMap<>(); // guarded by lock
    private boolean closing; // guarded by lock
    private boolean backedUp; // guarded by lock: nothing new is started
    private boolean behind; // guarded by lock: the store was away, and not all that waited for it is written

    /**
     * A recorder for one engine.
     *
     * @param onRecorded told what was recorded, by the recording thread
     * @param onReleased told that deliveries were given back, by the recording thread
     */
    Recorder(
            DeliveryStore store,
            Lanes lanes,
            Backoff backoff,
            Consumer<List<Finished>> onRecorded,
            Runnable onReleased) {
        this.store = store;
        this.lanes = lanes;
        this.backoff = backoff;
        this.onRecorded = onRecorded;
        this.onReleased = onReleased;
    }

    public void add(Finished outcome) {
        lock.lock();
        try {
            finished.add(outcome);
            if (finished.size() >= BACKED_UP) {
                lanes.backedUp(true);
            }
            if (finished.size() == 1 || finished.size() == BATCH) {
                added.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives a delivery back, due when it was. */
    public void release(Held held) {
        lock.lock();
        try {
            released.put(held.claimed().claim(), held.claimed().dueAt());
            added.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Records until it is closed and nothing is left, or the thread is interrupted. */
    public void run() {
        try {
            while (awaitWork()) {
                if (!step()) {
                    backoff.pause();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("closed before every outcome was recorded; those deliveries are attempted again");
        }
    }

    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (finished.isEmpty() && released.isEmpty() && !closing) {
                added.await();
            }
            long left = LINGER.toNanos();
            while (!closing && finished.size() < BATCH && left > 0) {
                left = added.awaitNanos(left);
            }
            return !finished.isEmpty() || !released.isEmpty() || !closing;
        } finally {
            lock.unlock();
        }
    }

    /** Writes one batch and what was given back; tells whether the store took all of it. */
    public boolean step() {
        boolean outcomes = written(this::writeOutcomes);
        boolean releases = written(this::writeReleases);
        boolean succeeded = outcomes && releases;
        if (succeeded) {
            backoff.succeeded(); // both: that there was nothing to give back says nothing of the store
        }
        holdBack(succeeded);
        return succeeded;
    }

    private boolean written(Runnable write) {
        try {
            write.run();
            return true;
        } catch (RuntimeException | Error e) {
            backoff.failed(e);
            return false;
        }
    }

    private void holdBack(boolean succeeded) {
        boolean wakes;
        lock.lock();
        try {
            // What waits for a store that was away may have lost its lease: nothing is claimed before all of it is
            // written.
            behind = !succeeded || (behind && !finished.isEmpty());
            boolean before = backedUp;
            backedUp = behind || finished.size() >= BACKED_UP;
            lanes.backedUp(backedUp);
            wakes = before && !backedUp;
        } finally {
            lock.unlock();
        }
        if (wakes) {
            onReleased.run();
        }
    }

    private void writeOutcomes() {
        List<Finished> batch = firstBatch();
        if (!batch.isEmpty()) {
            write(batch);
        }
    }

    /**
     * Writes the first that wait. If the store refuses them, it is given one half after the other, down to the one outcome
     * that it refuses; that one is written without its excerpt: a strange answer must not keep a delivery from ending.
     */
    private void write(List<Finished> batch) {
        Set<Claim> recorded;
        try {
            recorded = store.record(batch.stream().map(Finished::outcome).toList());
        } catch (RuntimeException e) {
            if (e instanceof StoreException store && store.isUnavailable()) {
                throw e;
            }
            if (batch.size() > 1) {
                halve(batch);
                return;
            }
            recorded = withoutExcerpt(batch.get(0));
        }
        removeFirst(batch.size());
        tell(batch, recorded);
    }

    private void halve(List<Finished> batch) {
        try {
            write(batch.subList(0, batch.size() / 2));
        } finally {
            // What was refused there went to the end, so that the others are still the first.
            write(batch.subList(batch.size() / 2, batch.size()));
        }
    }

    private Set<Claim> withoutExcerpt(Finished refused) {
        try {
            return store.record(List.of(refused.outcome.withoutExcerpt()));
        } catch (RuntimeException e) {
            if (e instanceof StoreException store && store.isUnavailable()) {
                throw e;
            }
            if (refused.refusals == MAX_REFUSALS) {
                log.error(
                        "the store refuses what became of a delivery to webhook {}, which is attempted again when its lease"
                                + " has passed",
                        refused.held.webhookId(),
                        e);
                return Set.of();
            }
            removeFirst(1); // to the end: nobody waits behind it
            add(new Finished(refused.held, refused.outcome, refused.refusals + 1));
            throw e;
        }
    }

    private void tell(List<Finished> batch, Set<Claim> recorded) {
        List<Finished> told = batch.stream()
                .filter(each -> recorded.contains(each.held.claimed().claim()))
                .toList();
        onRecorded.accept(told);
        if (told.size() < batch.size()) {
            log.info("{} outcome(s) came after their lease was lost and were dropped", batch.size() - told.size());
        }
    }

    private void writeReleases() {
        Map<Claim, Instant> batch;
        lock.lock();
        try {
            batch = Map.copyOf(released);
        } finally {
            lock.unlock();
        }
        if (!batch.isEmpty()) {
            store.release(batch);
            lock.lock();
            try {
                released.keySet().removeAll(batch.keySet());
            } finally {
                lock.unlock();
            }
            batch.keySet().forEach(claim -> lanes.isDue(claim.webhookId()));
            onReleased.run();
        }
    }

    private List<Finished> firstBatch() {
        lock.lock();
        try {
            return finished.stream().limit(BATCH).toList();
        } finally {
            lock.unlock();
        }
    }

    private void removeFirst(int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                finished.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets {@link #run} return once everything is written. */
    public void close() {
        lock.lock();
        try {
            closing = true;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
