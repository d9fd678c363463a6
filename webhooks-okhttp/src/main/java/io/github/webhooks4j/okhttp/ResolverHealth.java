package io.github.webhooks4j.okhttp;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Tells a resolver that is out of order from names that do not resolve. One name, or all names of one owner, prove nothing:
 * a hostile name server that never answers must not be asked for ever at no cost.
 */
final class ResolverHealth {
    private static final int UNRELATED_SITES = 5;
    /** Whoever owns so many domains gains no more than this. */
    private static final Duration LONGEST_EXCUSE = Duration.ofMinutes(5);

    private final LongSupplier nanos;
    private final Set<String> failing = new HashSet<>(); // guarded by this
    private long since; // guarded by this

    ResolverHealth(LongSupplier nanos) {
        this.nanos = nanos;
    }

    synchronized void succeeded() {
        failing.clear();
    }

    /**
     * Takes note of a site whose name got no answer in time, which is not the answer that it does not exist.
     *
     * @return whether the resolver is to blame: several unrelated sites failed, and none has resolved since
     */
    synchronized boolean failed(String site) {
        if (failing.isEmpty()) {
            since = nanos.getAsLong();
        }
        if (failing.size() < UNRELATED_SITES) {
            failing.add(site);
        }
        return failing.size() >= UNRELATED_SITES && nanos.getAsLong() - since <= LONGEST_EXCUSE.toNanos();
    }
}
