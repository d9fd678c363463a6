package io.github.webhooks4j.engine;

import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Backoff;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.telemetry.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
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
     * @param meaning what its last attempt means; of no use if there was none
     * @param refusals how often the store has refused it, even by itself
     */
    record Finished(Held held, Outcome outcome, Verdict.Meaning meaning, int refusals) {
        Finished(Held held, Outcome outcome, Verdict.Meaning meaning) {
            this(held, outcome, meaning, 0);
        }

        Finished withoutCaptures() {
            return new Finished(held, outcome.withoutCaptures(), meaning, refusals);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Recorder.class);
    private static final int BATCH = 256;
    /** What is refused so often would hold up everything for ever. */
    private static final int MAX_REFUSALS = 20;
    /** Bounds what is sent twice after a crash; two batches are enough to keep the recorder busy. */
    private static final int BACKED_UP = 2 * BATCH;
    /** As many as are under way may follow, each with up to 52 KiB: beyond this number they keep nothing that was captured. */
    private static final int WITH_CAPTURES = 2_048;
    /** How long the first outcome of a batch waits for company. */
    private static final Duration LINGER = Duration.ofMillis(5);
    /** How soon it is tried again while the client closes. */
    private static final Duration CLOSING = Duration.ofMillis(50);

    private final DeliveryQueue queue;
    private final Suspects suspects;
    private final Lanes lanes;
    private final Ticker ticker;
    private final Counts counts;
    private final Consumer<List<Finished>> onRecorded;
    private final Runnable onReleased;
    private final Backoff backoff;
    private final Loop loop = new Loop("record", this::step);
    /** Taken out to be written, and not written yet. For the recording thread only. */
    private final List<Finished> unwritten = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Finished> finished = new ArrayDeque<>(); // guarded by lock
    private final Map<Claim, Instant> released = new HashMap<>(); // guarded by lock
    private final Set<Claim> deferred = new HashSet<>(); // guarded by lock: suspects that were given back
    private int taken; // guarded by lock: how many of those that wait are being written
    private long waitsSince; // guarded by lock: since when the first waits for company
    private boolean closing; // guarded by lock
    private long giveUpAt; // guarded by lock, while it closes
    private boolean backedUp; // guarded by lock: nothing new is started
    private boolean behind; // guarded by lock: the store was away, and not all that waited for it is written

    /**
     * A recorder for one engine.
     *
     * @param onRecorded told what was recorded, by the recording thread
     * @param onReleased told that deliveries were given back, by the recording thread
     */
    Recorder(
            DeliveryQueue queue,
            Suspects suspects,
            Lanes lanes,
            Ticker ticker,
            Outage outage,
            Counts counts,
            Consumer<List<Finished>> onRecorded,
            Runnable onReleased) {
        this.queue = queue;
        this.suspects = suspects;
        this.lanes = lanes;
        this.ticker = ticker;
        this.counts = counts;
        this.onRecorded = onRecorded;
        this.onReleased = onReleased;
        backoff = new Backoff("recording outcomes", outage);
    }

    /** What records, on a thread of its own, until {@link #close} and nothing is left. */
    public Loop loop() {
        return loop;
    }

    void add(Finished outcome) {
        boolean wakes;
        lock.lock();
        try {
            noteFirst();
            finished.add(finished.size() + taken >= WITH_CAPTURES ? outcome.withoutCaptures() : outcome);
            if (finished.size() + taken >= BACKED_UP) {
                lanes.backedUp(true);
            }
            wakes = finished.size() == 1 || finished.size() == BATCH;
        } finally {
            lock.unlock();
        }
        if (wakes) {
            loop.wake();
        }
    }

    /** Gives back a delivery whose attempt came to an end, though not to an outcome: it is no suspect any more. */
    void acquit(Held held) {
        lock.lock();
        try {
            noteFirst();
            released.put(held.claimed().claim(), held.claimed().dueAt());
        } finally {
            lock.unlock();
        }
        suspects.left(held.claimed());
        loop.wake();
    }

    /** Gives a delivery back, due when it was; one that may be what ends this process, due now and as suspect as it was. */
    public void release(Held held) {
        Claim claim = held.claimed().claim();
        suspects.left(held.claimed());
        lock.lock();
        try {
            noteFirst();
            if (Suspects.isSuspect(held.claimed())) {
                deferred.add(claim);
            } else {
                released.put(claim, held.claimed().dueAt());
            }
        } finally {
            lock.unlock();
        }
        loop.wake();
    }

    private void noteFirst() {
        if (finished.isEmpty() && released.isEmpty() && deferred.isEmpty()) {
            waitsSince = ticker.nanos();
        }
    }

    Duration step() {
        Duration wait = untilWorthIt();
        if (!wait.isZero()) {
            return wait;
        }
        Duration pause = write();
        return isGivenUp(pause) ? Loop.OVER : pause;
    }

    /** How long until there is something to write, with company or after a while without; {@link Loop#OVER} if that is never. */
    private Duration untilWorthIt() {
        lock.lock();
        try {
            if (finished.isEmpty() && released.isEmpty() && deferred.isEmpty()) {
                return closing ? Loop.OVER : Loop.UNTIL_WOKEN;
            }
            long left = waitsSince + LINGER.toNanos() - ticker.nanos();
            return closing || finished.size() >= BATCH || left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the client was closed long ago, and the store still cannot be written. */
    private boolean isGivenUp(Duration pause) {
        int left;
        lock.lock();
        try {
            left = closing && !pause.isZero() && ticker.nanos() - giveUpAt >= 0 ? finished.size() : -1;
        } finally {
            lock.unlock();
        }
        if (left > 0) {
            log.warn("close() could not record {} outcome(s); those deliveries are attempted again", left);
        }
        return left >= 0;
    }

    /** Writes one batch and what was given back; returns how long to wait before it is tried again, zero if all is written. */
    public Duration write() {
        Duration outcomes = written(this::writeOutcomes);
        Duration releases = written(this::writeReleases);
        Duration pause = outcomes.isZero() ? releases : outcomes;
        if (pause.isZero()) {
            backoff.succeeded(); // both: that there was nothing to give back says nothing of the store
        }
        holdBack(pause.isZero());
        return pause;
    }

    private Duration written(Runnable write) {
        try {
            write.run();
            return Duration.ZERO;
        } catch (RuntimeException | Error e) {
            Duration delay = backoff.failed(e);
            return isClosing() ? CLOSING : delay;
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
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
        List<Finished> batch = take();
        if (batch.isEmpty()) {
            return;
        }
        try {
            write(batch);
        } finally {
            putBack();
        }
    }

    private List<Finished> take() {
        lock.lock();
        try {
            while (unwritten.size() < BATCH && !finished.isEmpty()) {
                unwritten.add(finished.remove());
            }
            taken = unwritten.size();
            return List.copyOf(unwritten);
        } finally {
            lock.unlock();
        }
    }

    /** What could not be written waits in its place. */
    private void putBack() {
        lock.lock();
        try {
            for (int i = unwritten.size() - 1; i >= 0; i--) {
                finished.addFirst(unwritten.get(i));
            }
            unwritten.clear();
            taken = 0;
            waitsSince = ticker.nanos();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes some that wait. If the store refuses them, it is given one half after the other, down to the one outcome that it
     * refuses; that one is written without what was captured: a strange answer must not keep a delivery from ending.
     */
    private void write(List<Finished> batch) {
        Set<Claim> recorded;
        try {
            recorded = queue.record(batch.stream().map(Finished::outcome).toList());
        } catch (RuntimeException e) {
            if (e instanceof StoreException store && store.isUnavailable()) {
                throw e;
            }
            if (batch.size() > 1) {
                halve(batch);
                return;
            }
            recorded = withoutCaptures(batch.get(0));
        }
        wasTakenCareOf(batch);
        tell(batch, recorded);
    }

    private void wasTakenCareOf(List<Finished> batch) {
        Set<Finished> done = Collections.newSetFromMap(new IdentityHashMap<>()); // comparing them would compare events
        done.addAll(batch);
        unwritten.removeIf(done::contains);
    }

    private void halve(List<Finished> batch) {
        try {
            write(batch.subList(0, batch.size() / 2));
        } finally {
            write(batch.subList(batch.size() / 2, batch.size()));
        }
    }

    private Set<Claim> withoutCaptures(Finished refused) {
        try {
            return queue.record(List.of(refused.outcome.withoutCaptures()));
        } catch (RuntimeException e) {
            if (e instanceof StoreException store && store.isUnavailable()) {
                throw e;
            }
            if (refused.refusals == MAX_REFUSALS) {
                log.error(
                        "the store refused the outcome of a delivery to webhook {}; the delivery is attempted again when its"
                                + " lease has passed",
                        refused.held.webhookId(),
                        e);
                return Set.of();
            }
            wasTakenCareOf(List.of(refused)); // to the end: nobody waits behind it
            add(new Finished(refused.held, refused.outcome, refused.meaning, refused.refusals + 1));
            throw e;
        }
    }

    private void tell(List<Finished> batch, Set<Claim> recorded) {
        List<Finished> told = batch.stream()
                .filter(each -> recorded.contains(each.held.claimed().claim()))
                .toList();
        batch.forEach(
                each -> suspects.left(each.held.claimed())); // not before: one that crashes the process may be next
        onRecorded.accept(told);
        if (told.size() < batch.size()) {
            counts.leasesLost(batch.size() - told.size());
            log.info("{} outcome(s) came after their lease was lost and were dropped", batch.size() - told.size());
        }
    }

    private void writeReleases() {
        Map<Claim, Instant> batch;
        Set<Claim> suspected;
        lock.lock();
        try {
            batch = Map.copyOf(released);
            suspected = Set.copyOf(deferred);
        } finally {
            lock.unlock();
        }
        if (!batch.isEmpty()) {
            queue.release(batch);
            wereGivenBack(released.keySet(), batch.keySet());
        }
        if (!suspected.isEmpty()) {
            queue.defer(suspected.stream().collect(Collectors.toMap(Function.identity(), claim -> Duration.ZERO)));
            wereGivenBack(deferred, suspected);
        }
    }

    private void wereGivenBack(Set<Claim> waiting, Set<Claim> written) {
        lock.lock();
        try {
            waiting.removeAll(written);
        } finally {
            lock.unlock();
        }
        written.forEach(claim -> lanes.isDue(claim.webhookId()));
        onReleased.run();
    }

    /** How many outcomes are not in the store yet. */
    public int waiting() {
        lock.lock();
        try {
            return finished.size() + taken;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the loop once everything is written, or when it is too late: at that moment of {@link Ticker#nanos}. */
    public void close(long giveUpAtNanos) {
        lock.lock();
        try {
            closing = true;
            giveUpAt = giveUpAtNanos;
        } finally {
            lock.unlock();
        }
        loop.wake();
    }
}
