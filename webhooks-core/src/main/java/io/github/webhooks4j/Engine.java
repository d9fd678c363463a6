package io.github.webhooks4j;

import io.github.webhooks4j.DeliveryStore.Claimed;
import io.github.webhooks4j.DeliveryStore.Outcome;
import io.github.webhooks4j.Recorder.Finished;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves deliveries: looks for what is due, claims it, sends it, and has the outcome recorded.
 *
 * <p>One thread runs {@link #step} again and again; it alone looks and claims. Requests are made on the executor, each
 * worker going from one delivery to the next while there is one that may start.
 */
final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    /** How long a lane that holds nothing is remembered, at least: with it goes what it learned of its receiver. */
    private static final Duration FORGET = Duration.ofMinutes(1);
    /** No request is made on a view of the webhooks that is older than this. */
    private static final Duration MAX_VIEW_AGE = Duration.ofSeconds(2);

    private static final Duration DISCOVERY_BUSY = Duration.ofSeconds(1);
    private static final Duration DISCOVERY_IDLE = Duration.ofSeconds(5);
    /** A look that takes more than one part in so many of the time is made less often. */
    private static final int DISCOVERY_SHARE = 20;
    /** Longer than the longest time between two looks. */
    private static final Duration HORIZON = DISCOVERY_IDLE.multipliedBy(2);

    private static final int MAX_DUE = 20_000;
    private static final int CLAIM_ROUNDS = 20;
    /** A delivery that was claimed so often without a result is given up: it may be what kills the process. */
    private static final int MAX_CLAIMS = 20;

    private static final int SWEEP = 500;
    private static final int SWEEP_ROUNDS = 20;
    private static final Duration AFTER_A_DEFECT = Duration.ofSeconds(1);

    private final DeliveryStore store;
    private final Registry registry;
    private final Lanes lanes;
    private final Recorder recorder;
    private final Sender sender;
    private final RetryPolicy retryPolicy;
    private final Announcer announcer;
    private final StoreClock clock;
    private final Ticker ticker;
    private final LeaseTerms terms;
    private final Executor workers;
    private final Backoff backoff;
    private final Confirmations confirmations;
    private final OursPause pause;

    // by the engine's thread only
    private long nextRefresh;
    private long nextDiscovery;
    private long nextForget;

    private volatile boolean closed;
    private volatile boolean woken;
    private volatile @Nullable Thread thread;

    Engine(Parts parts, Executor workers, CountDownLatch closing) {
        store = parts.store();
        registry = parts.registry();
        lanes = parts.lanes();
        sender = parts.sender();
        retryPolicy = parts.retryPolicy();
        announcer = parts.announcer();
        clock = parts.clock();
        ticker = parts.ticker();
        terms = parts.terms();
        this.workers = workers;
        backoff = new Backoff("looking for deliveries", closing);
        recorder = new Recorder(store, lanes, new Backoff("recording outcomes", closing), this::recorded, this::wake);
        confirmations = new Confirmations(store, lanes, ticker, recorder::release);
        nextRefresh = ticker.nanos();
        nextDiscovery = ticker.nanos();
        nextForget = ticker.nanos() + FORGET.toNanos();
        pause = new OursPause(ticker.nanos());
    }

    /** What an engine is made of. */
    record Parts(
            DeliveryStore store,
            Registry registry,
            Lanes lanes,
            Sender sender,
            RetryPolicy retryPolicy,
            Announcer announcer,
            StoreClock clock,
            Ticker ticker,
            LeaseTerms terms) {}

    Recorder recorder() {
        return recorder;
    }

    Confirmations confirmations() {
        return confirmations;
    }

    // ---- the loop

    /** Runs until it is closed. */
    void run() {
        thread = Thread.currentThread();
        while (!closed) {
            woken = false;
            Duration pause = step();
            if (!closed && !woken) {
                LockSupport.parkNanos(this, pause.toNanos());
            }
        }
        try {
            confirmations.close();
        } catch (StoreException e) {
            log.debug("what was published in the caller's transactions is found when its lease has passed", e);
        }
    }

    /** Ends the pause of the loop. */
    void wake() {
        woken = true; // a permit alone could be used up by a lock that the loop waits for
        LockSupport.unpark(thread);
    }

    /** Does what is to be done now, and tells how long nothing else is known to be. */
    Duration step() {
        try {
            refresh();
            discover();
            confirm();
            boolean more = claim();
            dispatch();
            backoff.succeeded();
            return more ? Duration.ZERO : untilNext();
        } catch (StoreException e) {
            backoff.failed(e);
            return backoff.delay();
        } catch (RuntimeException | Error e) {
            log.error("the engine's loop failed; it goes on", e);
            return AFTER_A_DEFECT;
        }
    }

    private Duration untilNext() {
        long now = ticker.nanos();
        long work = lanes.nextWakeUp();
        if (!pause.isOver(now)) {
            work = Math.max(work, pause.until());
        }
        long looks = Math.min(Math.min(nextRefresh, nextDiscovery), confirmations.next());
        return Duration.ofNanos(Math.max(0, Math.min(looks, work) - now));
    }

    private void refresh() {
        if (ticker.nanos() - nextRefresh >= 0) {
            registry.refresh();
            if (ticker.nanos() - nextForget >= 0) {
                lanes.forgetIdle();
                nextForget = ticker.nanos() + FORGET.toNanos();
            }
            nextRefresh = ticker.nanos() + REFRESH.toNanos();
        }
    }

    /** Looks for what other nodes left or added; less often while there is nothing. */
    private void discover() {
        if (ticker.nanos() - nextDiscovery < 0) {
            return;
        }
        long began = ticker.nanos();
        Map<String, Instant> due = store.due(MAX_DUE);
        Duration took = Duration.ofNanos(ticker.nanos() - began);
        due.forEach((webhookId, at) -> {
            if (registry.active(webhookId) != null) {
                expect(webhookId, at);
            } else if (!registry.knows(webhookId) || registry.isRemoved(webhookId)) {
                sweep(webhookId);
            }
        });
        boolean relaxed = due.isEmpty() || took.multipliedBy(DISCOVERY_SHARE).compareTo(DISCOVERY_BUSY) > 0;
        nextDiscovery = ticker.nanos() + (relaxed ? DISCOVERY_IDLE : DISCOVERY_BUSY).toNanos();
    }

    /** A delivery to this webhook will be due in the store. What is far off is found by a later look. */
    void expect(String webhookId, Instant dueAt) {
        long nanos = clock.nanosAt(dueAt);
        if (nanos - ticker.nanos() <= HORIZON.toNanos()) {
            lanes.wakeAt(webhookId, nanos);
        }
    }

    /** Cancels deliveries of a removed webhook that another node stored before it knew. */
    private void sweep(String webhookId) {
        if (store.findWebhook(webhookId).isEmpty()) {
            List<Delivery> canceled;
            int rounds = 0;
            do {
                canceled = store.cancel(webhookId, SWEEP);
                canceled.forEach(announcer::ended);
            } while (canceled.size() == SWEEP && ++rounds < SWEEP_ROUNDS && !closed);
        }
    }

    /** Sends what was published in transactions of callers and has been committed. */
    private void confirm() {
        confirmations.look();
        dispatch();
    }

    /** Claims what is due and has room; tells whether there may be more. */
    private boolean claim() {
        if (!pause.isOver(ticker.nanos())) {
            return false;
        }
        for (int i = 0; i < CLAIM_ROUNDS; i++) {
            Map<String, Integer> room = lanes.claimable(ticker.nanos());
            room.keySet().removeIf(this::drainUnlessActive);
            if (room.isEmpty()) {
                return false;
            }
            long leaseEnd = ticker.nanos() + terms.lease().toNanos();
            List<Held> claimed = new ArrayList<>();
            for (Claimed delivery : store.claim(room, terms.lease())) {
                claimed.add(new Held(delivery, leaseEnd));
            }
            lanes.claimed(room, claimed).forEach(recorder::release);
            dispatch();
            confirm();
        }
        return true;
    }

    private boolean drainUnlessActive(String webhookId) {
        if (registry.active(webhookId) != null) {
            return false;
        }
        lanes.drain(webhookId).forEach(recorder::release);
        return true;
    }

    // ---- sending

    /** Starts every request that may start. */
    void dispatch() {
        Held next;
        while ((next = take()) != null) {
            Held first = next;
            try {
                workers.execute(() -> work(first));
            } catch (RejectedExecutionException e) {
                giveBack(first); // closing
                return;
            } catch (RuntimeException | Error e) {
                log.error("no thread could be started for a request; it is tried again", e);
                pause.begin(ticker.nanos());
                giveBack(first);
                return;
            }
        }
    }

    private @Nullable Held take() {
        boolean viewIsFresh = registry.age().compareTo(MAX_VIEW_AGE) <= 0;
        return viewIsFresh && pause.isOver(ticker.nanos()) ? lanes.take() : null;
    }

    /** Sends one delivery after the other. */
    private void work(Held first) {
        Held next = first;
        while (next != null) {
            try {
                attempt(next);
            } catch (RuntimeException | Error e) {
                // Not given back, since it may have been sent: its lease passes, and its claims are counted.
                log.error("an attempt failed on our side", e);
                pause.begin(ticker.nanos());
                completed(next, 0);
            }
            next = take();
        }
    }

    private void attempt(Held held) {
        Subscription subscription = registry.active(held.webhookId());
        if (subscription == null || ticker.nanos() - terms.lastStart(held.leaseEndNanos()) > 0) {
            giveBack(held);
            return;
        }
        if (held.claimed().claims() > MAX_CLAIMS) {
            finish(
                    held,
                    new Outcome(held.claimed().claim(), Optional.empty(), DeliveryState.EXHAUSTED, Duration.ZERO),
                    0);
            return;
        }
        long began = ticker.nanos();
        Sender.Sent sent = sender.send(held.claimed(), subscription);
        Verdict verdict = Verdict.on(sent.attempt(), retryPolicy);
        if (!verdict.usesUpAnAttempt()) {
            pause.begin(ticker.nanos());
            giveBack(held);
            return;
        }
        pause.forget();
        finish(
                held,
                new Outcome(
                        held.claimed().claim(),
                        Optional.of(sent.attempt()),
                        verdict.state(),
                        verdict.delay(),
                        sent.stale()),
                Math.max(1, ticker.nanos() - began));
    }

    private void finish(Held held, Outcome outcome, long exchangeNanos) {
        recorder.add(new Finished(held, outcome));
        completed(held, exchangeNanos);
    }

    private void giveBack(Held held) {
        recorder.release(held);
        completed(held, 0);
    }

    private void completed(Held held, long exchangeNanos) {
        if (lanes.completed(held, exchangeNanos)) {
            wake();
        }
    }

    // ---- afterwards

    private void recorded(List<Finished> outcomes) {
        Instant now = clock.now();
        for (Finished finished : outcomes) {
            Outcome outcome = finished.outcome();
            boolean pending = outcome.state() == DeliveryState.PENDING;
            if (pending) {
                expect(finished.held().webhookId(), now.plus(outcome.delay()));
            }
            Delivery delivery = delivery(finished, pending ? Optional.of(now.plus(outcome.delay())) : Optional.empty());
            outcome.stale().ifPresent(attempt -> announcer.attempted(delivery, attempt));
            outcome.attempt().ifPresent(attempt -> announcer.attempted(delivery, attempt));
            if (!pending) {
                announcer.ended(delivery);
            }
        }
        dispatch();
        wake();
    }

    private static Delivery delivery(Finished finished, Optional<Instant> nextAttemptAt) {
        Claimed claimed = finished.held().claimed();
        Outcome outcome = finished.outcome();
        return new Delivery(
                claimed.event().id(),
                claimed.event().type(),
                claimed.claim().webhookId(),
                claimed.event().tenant(),
                outcome.state(),
                outcome.attempt().map(Attempt::number).orElse(claimed.attempts()),
                nextAttemptAt);
    }

    /** Ends the loop and hands what was not sent to the recorder. */
    void stop() {
        closed = true;
        wake();
        lanes.close().forEach(recorder::release);
    }
}
