package io.github.webhooks4j.operations;

import io.github.webhooks4j.history.TooManyTestsException;
import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How many test calls a client makes: at a time, of a tenant at a time, and of a tenant in any minute. What has no tenant counts as
 * one. Safe for use by any thread.
 */
final class TestBounds {
    static final String CLOSED = "the client is closed; close it only when the application ends";

    private static final int AT_ONCE = 8;
    private static final int OF_TENANT_AT_ONCE = 2;
    private static final int OF_TENANT_A_MINUTE = 10;
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    /** For how many tenants the calls of the last minute are known; with more, those that began first are forgotten. */
    private static final int TENANTS_KNOWN = 10_000;

    private final Ticker ticker;
    private final Duration patience;

    private final ReentrantLock lock = new ReentrantLock();
    // all guarded by lock
    private final Map<Optional<String>, Deque<Long>> begun =
            new LinkedHashMap<>(); // that of the latest call comes last
    private final Map<Optional<String>, Integer> underWay = new HashMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int allUnderWay;
    private boolean closed;

    /** Bounds of one client, in which a call waits so long for its turn. */
    TestBounds(Ticker ticker, Duration patience) {
        this.ticker = ticker;
        this.patience = patience;
    }

    /** Somebody who waits for a turn. */
    private static final class Waiting {
        final Optional<String> tenant;
        final Condition granted;
        boolean isTurn;

        Waiting(Optional<String> tenant, Condition granted) {
            this.tenant = tenant;
            this.granted = granted;
        }
    }

    /**
     * Counts calls for webhooks of these tenants, and waits until it is the turn of the first, through interrupts.
     *
     * @throws TooManyTestsException if they are more than the rate leaves, or it is not its turn in time; none is counted then
     * @throws IllegalStateException if the client is closed
     */
    void begin(List<Optional<String>> tenants) {
        lock.lock();
        try {
            requireOpen();
            Map<Optional<String>, Long> calls =
                    tenants.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            long now = ticker.nanos();
            forget(now);
            calls.forEach((tenant, many) -> requireRate(tenant, many, now));
            calls.forEach((tenant, many) -> count(tenant, many, now));
            Optional<String> first = tenants.get(0);
            if (!isTurn(first, patience.toNanos())) {
                calls.forEach((tenant, many) -> uncount(tenant, many, now));
                throw tooManyAtOnce(first);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for another turn, as long as it takes, through interrupts.
     *
     * @throws IllegalStateException if the client is closed
     */
    void awaitTurn(Optional<String> tenant) {
        lock.lock();
        try {
            isTurn(tenant, Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /** Whose turn it was has sent. */
    void endTurn(Optional<String> tenant) {
        lock.lock();
        try {
            allUnderWay--;
            underWay.computeIfPresent(tenant, (each, many) -> many > 1 ? many - 1 : null);
            grant();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.forEach(each -> each.granted.signal());
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(CLOSED);
        }
    }

    // ---- the rate

    /** Forgets what began more than a minute ago: tenants whose last call did, and those that are too many. */
    private void forget(long now) {
        Iterator<Deque<Long>> oldest = begun.values().iterator();
        while (oldest.hasNext()) {
            Long last = oldest.next().peekLast();
            if (last != null && now - last < MINUTE && begun.size() <= TENANTS_KNOWN) {
                break;
            }
            oldest.remove();
        }
    }

    private Deque<Long> lastMinute(Optional<String> tenant, long now) {
        Deque<Long> known = begun.getOrDefault(tenant, new ArrayDeque<>());
        while (!known.isEmpty() && now - known.getFirst() >= MINUTE) {
            known.removeFirst();
        }
        return known;
    }

    private void requireRate(Optional<String> tenant, long many, long now) {
        Deque<Long> known = lastMinute(tenant, now);
        int left = OF_TENANT_A_MINUTE - known.size();
        if (many <= left) {
            return;
        }
        boolean isEverTooMuch = many > OF_TENANT_A_MINUTE;
        Duration wait = untilOver(known, isEverTooMuch ? known.size() : many - left, now);
        throw new TooManyTestsException(
                "of " + name(tenant) + ", at most " + OF_TENANT_A_MINUTE + " test calls may be made in any minute; "
                        + left
                        + " are left now, and " + many + " were asked for: "
                        + (isEverTooMuch
                                ? "test at most " + OF_TENANT_A_MINUTE + " webhooks at a time"
                                : "try again in "
                                        + wait.plusSeconds(1).minusNanos(1).toSeconds() + " s"),
                wait);
    }

    /** How long until so many of these calls are a minute ago. */
    private static Duration untilOver(Deque<Long> known, long many, long now) {
        return known.stream()
                .skip(Math.max(0, many - 1))
                .findFirst()
                .map(at -> Duration.ofNanos(at + MINUTE - now))
                .orElse(Duration.ofNanos(MINUTE));
    }

    private void count(Optional<String> tenant, long many, long now) {
        Deque<Long> known = lastMinute(tenant, now);
        for (long i = 0; i < many; i++) {
            known.addLast(now);
        }
        begun.remove(tenant);
        begun.put(tenant, known);
    }

    private void uncount(Optional<String> tenant, long many, long at) {
        Deque<Long> known = begun.getOrDefault(tenant, new ArrayDeque<>());
        for (long i = 0; i < many; i++) {
            known.removeLastOccurrence(at);
        }
        if (known.isEmpty()) {
            begun.remove(tenant);
        }
    }

    private static String name(Optional<String> tenant) {
        return tenant.map(each -> "tenant " + each).orElse("webhooks without a tenant");
    }

    // ---- turns

    /** Waits for a turn; false if it did not come in time. Called under the lock. */
    private boolean isTurn(Optional<String> tenant, long atMost) {
        Waiting mine = new Waiting(tenant, lock.newCondition());
        waiting.add(mine);
        grant();
        boolean interrupted = false;
        long deadline = ticker.nanos() + atMost;
        long left = atMost;
        while (!mine.isTurn && !closed && left > 0) {
            try {
                left = mine.granted.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
                left = deadline - ticker.nanos();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!mine.isTurn) {
            waiting.remove(mine);
            requireOpen();
        }
        return mine.isTurn;
    }

    /** Gives turns to those who wait, in their order, as many as there are. */
    private void grant() {
        Iterator<Waiting> each = waiting.iterator();
        while (each.hasNext() && allUnderWay < AT_ONCE && !closed) {
            Waiting next = each.next();
            int many = underWay.getOrDefault(next.tenant, 0);
            if (many < OF_TENANT_AT_ONCE) {
                each.remove();
                underWay.put(next.tenant, many + 1);
                allUnderWay++;
                next.isTurn = true;
                next.granted.signal();
            }
        }
    }

    private TooManyTestsException tooManyAtOnce(Optional<String> tenant) {
        int many = underWay.getOrDefault(tenant, 0);
        String which = many < OF_TENANT_AT_ONCE
                ? allUnderWay + " test calls of this client are"
                : many + " test calls of " + name(tenant) + " are";
        return new TooManyTestsException(
                which + " under way, and no turn became free within " + patience.toMillis()
                        + " ms; try again when they have ended",
                patience);
    }

    // ---- for tests

    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    int tenantsKnown() {
        lock.lock();
        try {
            return begun.size();
        } finally {
            lock.unlock();
        }
    }
}
