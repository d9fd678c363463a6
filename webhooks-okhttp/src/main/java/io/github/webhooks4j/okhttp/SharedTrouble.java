package io.github.webhooks4j.okhttp;

import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Tells a resolver or proxy that is out of order from sites that do not get through it. One site, or all names of one
 * owner, prove nothing: what its owner can bring about must not stop all others, nor be tried for ever at no cost.
 */
final class SharedTrouble {
    private static final int UNRELATED_SITES = 5;
    /** As long as something got through lately, the trouble is that of the others. */
    private static final Duration PROOF = Duration.ofMinutes(1);
    /** Whoever owns so many domains gains no more than this. */
    private static final Duration LONGEST_EXCUSE = Duration.ofMinutes(5);

    private final LongSupplier nanos;
    private final Set<String> failing = new HashSet<>(); // guarded by this
    private long since; // guarded by this
    private OptionalLong succeededAt = OptionalLong.empty(); // guarded by this

    SharedTrouble(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Something got through. */
    synchronized void succeeded() {
        failing.clear();
        succeededAt = OptionalLong.of(nanos.getAsLong());
    }

    /**
     * Takes note of a site that did not get through.
     *
     * @param began when it was tried
     * @return whether that is not the site's fault: several unrelated ones failed, and nothing got through since, nor for a
     *     minute
     */
    synchronized boolean failed(String site, long began) {
        long now = nanos.getAsLong();
        if (succeededAt.isPresent() && succeededAt.getAsLong() - began > 0) {
            return false;
        }
        if (failing.isEmpty()) {
            since = now;
        }
        if (failing.size() < UNRELATED_SITES) {
            failing.add(site);
        }
        return failing.size() >= UNRELATED_SITES
                && (succeededAt.isEmpty() || now - succeededAt.getAsLong() > PROOF.toNanos())
                && now - since <= LONGEST_EXCUSE.toNanos();
    }
}
