package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.engine.Recorder.Finished;
import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lane;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Backoff;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.telemetry.Counts;
import io.github.webhooks4j.telemetry.LogContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves deliveries: looks for what is due, claims it, sends it, and has the outcome recorded.
 *
 * <p>One thread runs {@link #step} again and again; it alone looks and claims. Requests are made on the executor, each
 * worker going from one delivery to the next while there is one that may start.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    /** How often lanes that hold nothing are forgotten: with each goes what it learned of its receiver. */
    private static final Duration FORGET = Duration.ofMinutes(1);
    /** How long a delivery is attempted, or held back by a breaker, at most, whatever the retry policy says. */
    public static final Duration AGE_LIMIT = Duration.ofDays(7);
    /** At most, before other things are seen to; fewer if the view of the webhooks grows old meanwhile. */
    private static final int CLAIM_ROUNDS = 20;
    /** How long a webhook that answered that it is gone gets nothing on this node while that is being recorded. */
    private static final Duration GONE = Duration.ofSeconds(10);

    /** For what was redelivered by hand. */
    private static final RetryPolicy ONCE = RetryPolicy.none();

    private final Targets targets;
    private final Reports reports;
    private final Counts counts;
    private final Lanes lanes;
    private final Recorder recorder;
    private final DeliveryQueue queue;
    private final Suspects suspects;
    private final Sender sender;
    private final RetryPolicy retryPolicy;
    private final StoreClock clock;
    private final Ticker ticker;
    private final LeaseTerms terms;
    private final Executor workers;
    private final Backoff backoff;
    private final Loop loop = new Loop("engine", this::step);
    private final Confirmations confirmations;
    private final Expected expected;
    private final Discovery discovery;
    private final Claims claims;
    private final OursPause pause;
    private final ViewAge view;

    // by the engine's thread only
    private long nextRefresh;
    private long nextForget;

    /** Webhooks whose receivers answered that they are gone, until that is recorded, and no longer than this. */
    private final Map<String, Long> goneUntil = new ConcurrentHashMap<>();

    private volatile boolean closed;

    public Engine(Parts parts, Executor workers) {
        targets = parts.targets();
        reports = parts.reports();
        counts = parts.counts();
        lanes = parts.lanes();
        sender = parts.sender();
        retryPolicy = parts.retryPolicy();
        clock = parts.clock();
        ticker = parts.ticker();
        terms = parts.terms();
        this.workers = workers;
        queue = parts.queue();
        suspects = new Suspects(ticker, terms.lease());
        recorder = new Recorder(
                parts.queue(), suspects, lanes, ticker, parts.outage(), counts, this::recorded, this::wake);
        confirmations = new Confirmations(parts.queue(), lanes, ticker, recorder::release);
        expected = new Expected(lanes, clock, ticker);
        discovery = new Discovery(parts.queue(), targets, ticker, expected, clock);
        claims = new Claims(parts, expected, suspects, this::isGone, recorder::release, this::wake);
        nextRefresh = ticker.nanos();
        nextForget = ticker.nanos() + FORGET.toNanos();
        pause = new OursPause(ticker.nanos());
        view = new ViewAge(targets, ticker, REFRESH, parts.outage());
        backoff = new Backoff("looking for deliveries", parts.outage());
    }

    /**
     * What an engine is made of.
     *
     * @param retryPolicy of webhooks that have none of their own
     */
    public record Parts(
            DeliveryQueue queue,
            Targets targets,
            Reports reports,
            Counts counts,
            Lanes lanes,
            Sender sender,
            RetryPolicy retryPolicy,
            StoreClock clock,
            Ticker ticker,
            LeaseTerms terms,
            Outage outage) {}

    /** What looks, claims and confirms, on a thread of its own, until {@link #stop}. */
    public Loop loop() {
        return loop;
    }

    public Recorder recorder() {
        return recorder;
    }

    public Confirmations confirmations() {
        return confirmations;
    }

    public Expected expected() {
        return expected;
    }

    public Discovery discovery() {
        return discovery;
    }

    // ---- the loop

    /** Ends the pause of the loop. */
    public void wake() {
        loop.wake();
    }

    /** Does what is to be done now, and tells how long nothing else is known to be. */
    public Duration step() {
        if (closed) {
            confirmLast();
            return Loop.OVER;
        }
        try {
            refresh();
            discovery.look();
            confirm();
            boolean more = claim();
            dispatch();
            backoff.succeeded();
            return more ? Duration.ZERO : untilNext();
        } catch (StoreException e) {
            return backoff.failed(e);
        }
    }

    private void confirmLast() {
        try {
            confirmations.close();
        } catch (RuntimeException | Error e) {
            log.debug("what was published in the caller's transactions is found when its lease has passed", e);
        }
    }

    private Duration untilNext() {
        long now = ticker.nanos();
        long work = lanes.nextWakeUp();
        if (!pause.isOver(now)) {
            work = Math.max(work, pause.until());
        }
        long looks = Math.min(Math.min(nextRefresh, discovery.next()), confirmations.next());
        return Duration.ofNanos(Math.max(0, Math.min(looks, work) - now));
    }

    private void refresh() {
        if (ticker.nanos() - nextRefresh >= 0) {
            view.refresh();
            if (ticker.nanos() - nextForget >= 0) {
                lanes.forgetIdle();
                nextForget = ticker.nanos() + FORGET.toNanos();
            }
            nextRefresh = ticker.nanos() + REFRESH.toNanos();
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
        for (int i = 0; i < CLAIM_ROUNDS && ticker.nanos() - nextRefresh < 0; i++) {
            if (!claims.round()) {
                return false;
            }
            dispatch();
            confirm();
        }
        return true;
    }

    // ---- sending

    /** Starts every request that may start. */
    public void dispatch() {
        Held next;
        while ((next = take()) != null) {
            Held first = next;
            try {
                workers.execute(() -> work(first));
            } catch (RejectedExecutionException e) {
                giveBack(first); // closing
                return;
            } catch (RuntimeException | Error e) {
                log.error("could not start a thread for a request; it is tried again", e);
                pause.begin(ticker.nanos());
                giveBack(first);
                return;
            }
        }
    }

    private @Nullable Held take() {
        return view.isYoung() && pause.isOver(ticker.nanos()) ? lanes.take() : null;
    }

    /** Sends one delivery after the other. */
    private void work(Held first) {
        Held next = first;
        while (next != null) {
            LogContext context = LogContext.of(next.claimed());
            try {
                attempt(next);
            } catch (RuntimeException | Error e) {
                // Not given back, since it may have been sent: its lease passes, and its claims are counted.
                log.error("an attempt failed on our side", e);
                pause.begin(ticker.nanos());
                suspects.left(next.claimed());
                completed(next, null);
            } finally {
                context.end();
            }
            next = take();
        }
    }

    private void attempt(Held held) {
        Target target = target(held);
        if (target == null) {
            giveBack(held);
            return;
        }
        boolean givenUp = Suspects.isGivenUp(held.claimed());
        if (givenUp || isTooOld(held, target)) {
            DeliveryState end = givenUp ? DeliveryState.ABANDONED : DeliveryState.EXHAUSTED;
            finish(held, new Outcome(held.claimed(), List.of(), end, Duration.ZERO), Verdict.Meaning.OURS, null);
            return;
        }
        if (Suspects.isAlone(held.claimed()) && !recordsStart(held)) {
            giveBack(held);
            return;
        }
        long began = ticker.nanos();
        List<AttemptDetails> attempts = sender.send(held.claimed(), target, () -> target(held) != null);
        Attempt last = attempts.get(attempts.size() - 1).attempt();
        RetryPolicy policy = held.claimed().former().isPresent()
                ? ONCE
                : target.retryPolicy().orElse(retryPolicy);
        Verdict verdict = Verdict.on(last, target.successCodes(), policy);
        if (!verdict.usesUpAnAttempt()) {
            if (target(held) != null) { // or it was only too late for it
                pause.begin(ticker.nanos());
                counts.failedHere();
            }
            recorder.acquit(held);
            completed(held, null);
            return;
        }
        pause.forget();
        if (verdict.meaning() == Verdict.Meaning.GONE) {
            goneUntil.put(held.webhookId(), ticker.nanos() + GONE.toNanos());
        }
        Outcome outcome = new Outcome(held.claimed(), attempts, verdict.state(), verdict.delay());
        finish(held, outcome, verdict.meaning(), exchange(began, verdict));
    }

    /** Before a delivery that may be what ends this process: if it is, the store knows which it was. */
    private boolean recordsStart(Held held) {
        try {
            return queue.start(held.claimed().claim(), suspects.leaseAlone(held.claimed()));
        } catch (StoreException e) {
            log.debug("a delivery is not sent, since its start cannot be recorded", e);
            return false;
        }
    }

    /** What the delivery is sent by; null if it must not start now. */
    private @Nullable Target target(Held held) {
        long now = ticker.nanos();
        boolean inTime = now - terms.lastStart(held.leaseEndNanos()) <= 0 && now - held.startByNanos() <= 0;
        boolean allowed = held.limited() || targets.rateLimit(held.webhookId()).isEmpty();
        if (!inTime || !allowed || !view.isYoung() || isGone(held.webhookId())) {
            return null;
        }
        return held.probe() ? targets.activeOrBroken(held.webhookId()) : targets.active(held.webhookId());
    }

    /** Whether the receiver has said so just now; soon the webhook's state says it. */
    private boolean isGone(String webhookId) {
        Long until = goneUntil.get(webhookId);
        if (until != null && ticker.nanos() - until >= 0) {
            goneUntil.remove(webhookId, until);
            return false;
        }
        return until != null;
    }

    private Lane.Exchange exchange(long began, Verdict verdict) {
        long ended = ticker.nanos();
        Lane.Pace pace = verdict.meaning() == Verdict.Meaning.DELIVERED
                ? Lane.Pace.GOOD
                : verdict.slowDown() ? Lane.Pace.SLOW_DOWN : Lane.Pace.UNKNOWN;
        return new Lane.Exchange(ended, Math.max(1, ended - began), pace);
    }

    /** Not before its first attempt, and not for the time that it was held. */
    private boolean isTooOld(Held held, Target target) {
        Instant since = held.claimed().firstDueAt();
        Instant resumed = target.resumedAt().orElse(since);
        Instant counted = resumed.isAfter(since) ? resumed : since;
        return held.claimed().attempts() > 0
                && Duration.between(counted, clock.now()).compareTo(AGE_LIMIT) > 0;
    }

    private void finish(Held held, Outcome outcome, Verdict.Meaning meaning, Lane.@Nullable Exchange exchange) {
        recorder.add(new Finished(held, outcome, meaning));
        completed(held, exchange);
    }

    private void giveBack(Held held) {
        recorder.release(held);
        completed(held, null);
    }

    private void completed(Held held, Lane.@Nullable Exchange exchange) {
        if (lanes.completed(held, exchange)) {
            wake();
        }
    }

    // ---- afterwards

    private void recorded(List<Finished> outcomes) {
        Instant now = clock.now();
        for (Finished finished : outcomes) {
            Outcome outcome = finished.outcome();
            counts.recorded(outcome, now);
            boolean pending = outcome.state() == DeliveryState.PENDING;
            if (outcome.state() == DeliveryState.ABANDONED) {
                log.error(
                        "gave up event {} to webhook {}: each of the last {} times that it was started, alone of those that may be"
                                + " the cause, the process ended before it knew what became of it; its other webhooks have got the"
                                + " event. Find out what it is in the event that the process cannot bear",
                        finished.held().claimed().event().id(),
                        finished.held().webhookId(),
                        finished.held().claimed().starts());
            }
            if (pending) {
                expected.at(finished.held().webhookId(), now.plus(outcome.delay()));
            }
            Delivery delivery = delivery(finished, now);
            boolean probe = finished.held().probe();
            List<Attempt> attempts =
                    outcome.attempts().stream().map(AttemptDetails::attempt).toList();
            reports.recorded(delivery, attempts, finished.meaning(), probe, () -> learned(delivery.webhookId(), probe));
        }
        dispatch();
        wake();
    }

    /** What an attempt says of its webhook is known now. */
    private void learned(String webhookId, boolean probe) {
        if (targets.active(webhookId) == null) {
            goneUntil.remove(webhookId); // its state says so now
        }
        if (probe) {
            expected.at(webhookId, clock.now()); // what was held behind it
            wake();
        }
    }

    private static Delivery delivery(Finished finished, Instant now) {
        StoredEvent event = finished.held().claimed().event();
        Outcome outcome = finished.outcome();
        boolean pending = outcome.state() == DeliveryState.PENDING;
        boolean delivered = outcome.state() == DeliveryState.DELIVERED;
        return new Delivery(
                DeliveryId.of(event.key(), finished.held().webhookId()).toString(),
                event.id(),
                event.type(),
                finished.held().webhookId(),
                event.tenant(),
                outcome.standing(),
                outcome.counted(),
                DeliveryId.publishedAt(event.key()),
                pending ? Optional.of(now.plus(outcome.delay())) : Optional.empty(),
                pending
                        ? Optional.empty()
                        : Optional.of(outcome.attempt().map(Attempt::endedAt).orElse(now)),
                outcome.attempt().map(Attempt::status).orElse(OptionalInt.empty()),
                delivered ? Optional.empty() : outcome.attempt().map(Attempt::text),
                false);
    }

    /** The webhook takes deliveries again: those that it has are claimed. */
    public void resumed(String webhookId) {
        lanes.isDue(webhookId);
        wake();
    }

    /** The webhook was removed. */
    public void forget(String webhookId) {
        claims.forget(webhookId);
        goneUntil.remove(webhookId);
    }

    /** Ends the loop and hands what was not sent to the recorder. */
    public void stop() {
        closed = true;
        view.close();
        wake();
        lanes.close().forEach(recorder::release);
    }
}
