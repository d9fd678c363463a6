package io.github.webhooks4j.lanes;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The deliveries of one webhook that this node holds a claim on, and how many requests it makes at a time: a few at first, more
 * while they succeed and more could be used, half as many when the receiver says that it has more than it can take. All of it is
 * guarded by the lock of {@link Lanes}.
 */
public final class Lane {
    private static final int FIRST_CONCURRENCY = 5;
    private static final int MAX_QUEUE = 512;
    private static final double SMOOTHING = 0.2;

    final String webhookId;
    final Customer customer;
    private final Deque<Held> firsts = new ArrayDeque<>();
    private final Deque<Held> retries = new ArrayDeque<>();
    /** Requests that are under way. */
    int inFlight;

    private int retriesInFlight;
    private boolean retryWasLast;
    /** Places promised to deliveries whose insert has not returned yet. */
    int reserved;
    /** Whether it waits for its turn among the lanes that can start a request. */
    boolean listed;
    /** Whether deliveries are, or may be, due in the store. */
    boolean due;

    /** Whether more became due since a claim was asked for. */
    boolean dueAgain;

    private Optional<RateLimit> rateLimit = Optional.empty();
    private boolean waits;
    private long waitsUntil; // while it waits
    private int maxConcurrency = FIRST_CONCURRENCY;
    private double concurrency = FIRST_CONCURRENCY;
    private long slowedNanos = Long.MIN_VALUE;
    private double exchangeNanos;

    Lane(String webhookId, Customer customer, Duration assumedExchange) {
        this.webhookId = webhookId;
        this.customer = customer;
        exchangeNanos = assumedExchange.toNanos();
    }

    /** How its webhook is to be treated from now on. */
    void treat(int maxConcurrency, Optional<RateLimit> rateLimit) {
        this.maxConcurrency = maxConcurrency;
        if (!rateLimit.equals(this.rateLimit)) {
            this.rateLimit = rateLimit;
            waits = false;
        }
    }

    /** Whether its rate is limited. */
    boolean isLimited() {
        return rateLimit.isPresent();
    }

    /** The limit of its rate allows nothing before this moment of {@link Ticker#nanos}. */
    void waitUntil(long nanos) {
        waits = true;
        waitsUntil = nanos;
    }

    /** Whether the limit of its rate may allow something. */
    boolean mayClaim(long nowNanos) {
        waits = waits && nowNanos - waitsUntil < 0;
        return !waits;
    }

    // ---- what waits

    void add(Held delivery) {
        (isRetry(delivery) ? retries : firsts).add(delivery);
    }

    int waiting() {
        return firsts.size() + retries.size();
    }

    /** Takes out all that waits. */
    List<Held> clear() {
        List<Held> waiting = new ArrayList<>(firsts);
        waiting.addAll(retries);
        firsts.clear();
        retries.clear();
        return waiting;
    }

    /** Takes out what waits, except for what this node published. */
    List<Held> clearOthers() {
        List<Held> others = new ArrayList<>(retries);
        retries.clear();
        firsts.stream().filter(first -> !first.own()).forEach(others::add);
        firsts.removeIf(first -> !first.own());
        return others;
    }

    private static boolean isRetry(Held delivery) {
        return delivery.claimed().attempts() > 0 && !delivery.claimed().isFirstInLine();
    }

    // ---- what is under way

    boolean canStart() {
        return waiting() > 0 && inFlight < concurrency();
    }

    /** What was due first; but while first attempts wait, retries take no more than half of the requests. */
    Held start() {
        boolean retry = firsts.isEmpty() || (!retries.isEmpty() && mayRetry() && isRetryDueFirst());
        Held next = (retry ? retries : firsts).remove();
        inFlight++;
        retriesInFlight += isRetry(next) ? 1 : 0;
        retryWasLast = retry;
        return next;
    }

    private boolean mayRetry() {
        return concurrency() == 1 ? !retryWasLast : (retriesInFlight + 1) * 2 <= concurrency();
    }

    private boolean isRetryDueFirst() {
        return retries.element()
                .claimed()
                .dueAt()
                .isBefore(firsts.element().claimed().dueAt());
    }

    /** A request ended, or was not made. */
    void ended(Held delivery) {
        inFlight--;
        retriesInFlight -= isRetry(delivery) ? 1 : 0;
    }

    // ---- how much at a time

    void rampUp() {
        concurrency = 1;
    }

    int concurrency() {
        return Math.min((int) concurrency, maxConcurrency);
    }

    /** How many may wait here: as many as can be started within the time that a lease grants for waiting. */
    int capacity(Duration queueWait) {
        double startable = concurrency() * (double) queueWait.toNanos() / Math.max(1, exchangeNanos);
        return (int) Math.max(1, Math.min(MAX_QUEUE, startable));
    }

    /** Learns from an exchange, while it still counts as under way. */
    void learn(Exchange exchange) {
        exchangeNanos += SMOOTHING * (exchange.nanos() - exchangeNanos);
        if (exchange.pace() == Pace.SLOW_DOWN && exchange.endedNanos() - exchange.nanos() > slowedNanos) {
            concurrency = Math.max(1, concurrency() / 2.0); // once for all that were under way together
            slowedNanos = exchange.endedNanos();
        } else if (exchange.pace() == Pace.GOOD && (waiting() > 0 || inFlight >= concurrency())) {
            concurrency = Math.min(maxConcurrency, concurrency + 1 / concurrency);
        }
    }

    /** What an exchange says of how much its receiver can take. */
    public enum Pace {
        /** It took it. */
        GOOD,
        /** Nothing. */
        UNKNOWN,
        /** It has more than it can take. */
        SLOW_DOWN
    }

    /**
     * One exchange.
     *
     * @param endedNanos when, by {@link Ticker#nanos}
     * @param nanos how long it took
     */
    public record Exchange(long endedNanos, long nanos, Pace pace) {}

    boolean isIdle() {
        return waiting() == 0 && inFlight == 0 && reserved == 0 && !due;
    }
}
