package io.github.webhooks4j.engine;

import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Deliveries that may be what ends this process. One whose claims ended several times without an outcome is a suspect: most
 * suspects were merely held, or under way, by a process that was killed. To find the one that kills, a process sends few suspects at
 * a time, fewer the more often their claims were lost, and in the end one alone, whose start is recorded before it is made. Only
 * starts that were recorded are held against it.
 *
 * <p>A process sends no suspect before it has lived for one lease, so that a loop of crashes raises nobody's count; and a suspect that
 * finds no place is given back as it was, until one is likely to be free. Safe for use by any thread.
 */
final class Suspects {
    /** After so many claims in a row that came to nothing, the last one included, a delivery is a suspect. */
    private static final int SUSPICIOUS = 4;
    /** How many are sent at a time, by the number of their claims beyond that; one alone after the last. */
    private static final int[] AT_A_TIME = {64, 8};

    /** So many recorded starts without an outcome end a delivery. */
    private static final int MOST_STARTS = 5;

    private static final Duration LONGEST_LEASE = Duration.ofHours(1);
    /** How long one is assumed to take, to spread those that wait for a place. */
    private static final Duration ASSUMED = Duration.ofSeconds(1);

    private final Ticker ticker;
    private final Duration lease;
    private final long from;

    private final Map<Claim, Integer> places =
            new HashMap<>(); // guarded by this: those that have one, with how many there are
    private long nextTurn; // guarded by this: when the next that finds no place is to come again

    Suspects(Ticker ticker, Duration lease) {
        this.ticker = ticker;
        this.lease = lease;
        from = ticker.nanos() + lease.toNanos();
        nextTurn = from;
    }

    static boolean isSuspect(Claimed claimed) {
        return claimed.claims() >= SUSPICIOUS;
    }

    /** Whether it is sent only while no other suspect is, after its start was recorded. */
    static boolean isAlone(Claimed claimed) {
        return isSuspect(claimed) && places(claimed) == 1;
    }

    /** Whether it has been started alone so often that it is given up. */
    static boolean isGivenUp(Claimed claimed) {
        return claimed.starts() >= MOST_STARTS;
    }

    private static int places(Claimed claimed) {
        int level = claimed.claims() - SUSPICIOUS;
        return level < AT_A_TIME.length ? AT_A_TIME[level] : 1;
    }

    /** How long the claim on one that is started alone lasts: twice as long after each start, so that crashes grow rare. */
    Duration leaseAlone(Claimed claimed) {
        Duration longest = lease.compareTo(LONGEST_LEASE) > 0 ? lease : LONGEST_LEASE;
        Duration doubled = lease.multipliedBy(2L << Math.min(claimed.starts(), MOST_STARTS));
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    /** Whether a delivery may be sent now. A suspect that may has a place until {@link #left}. */
    boolean admits(Claimed claimed) {
        return !isSuspect(claimed) || takesPlace(claimed);
    }

    private synchronized boolean takesPlace(Claimed claimed) {
        int most = places(claimed);
        for (int each : places.values()) {
            most = Math.min(most, each); // one that is alone stays so
        }
        if (ticker.nanos() - from < 0 || places.size() >= most) {
            return false;
        }
        places.put(claimed.claim(), places(claimed));
        return true;
    }

    /** When one that found no place is to come again: those that wait come as fast as places are likely to be free. */
    synchronized Duration untilTurn(Claimed claimed) {
        long now = ticker.nanos();
        nextTurn = nextTurn - now < 0 ? now : nextTurn;
        nextTurn += ASSUMED.toNanos() / places(claimed);
        return Duration.ofNanos(nextTurn - now);
    }

    /** What became of it is recorded, or it was given back. */
    void left(Claimed claimed) {
        if (isSuspect(claimed)) {
            leave(claimed);
        }
    }

    private synchronized void leave(Claimed claimed) {
        places.remove(claimed.claim());
    }
}
