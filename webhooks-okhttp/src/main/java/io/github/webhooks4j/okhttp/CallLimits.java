package io.github.webhooks4j.okhttp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What one call may still use, time and bytes read from the network, and what its proxy said.
 *
 * <p>Found through the thread: OkHttp resolves names, shakes hands and reads on the thread that executes the call, and
 * only there. Used by that thread alone.
 */
final class CallLimits {
    /** More than OkHttp's limit for headers (256 KiB) and all that we keep of a body. */
    private static final int MAX_BYTES = 512 * 1024;

    private static final ThreadLocal<@Nullable CallLimits> CURRENT = new ThreadLocal<>();

    private final long deadline;
    private int bytesLeft = MAX_BYTES;
    private boolean refusedByProxy;

    private CallLimits(long deadline) {
        this.deadline = deadline;
    }

    /**
     * Sets the limits of the call that this thread is about to make.
     *
     * @param deadline the end of its time, on the clock of {@link System#nanoTime}
     */
    static CallLimits begin(long deadline) {
        CallLimits limits = new CallLimits(deadline);
        CURRENT.set(limits);
        return limits;
    }

    static void end() {
        CURRENT.remove();
    }

    static CallLimits current() throws IOException {
        CallLimits limits = CURRENT.get();
        if (limits == null) {
            throw new IOException("no call is under way on this thread");
        }
        return limits;
    }

    /** Zero or less if the time is over. */
    long nanosLeft() {
        return deadline - System.nanoTime();
    }

    /** How many of the wanted bytes may be read now: at least one. */
    int grant(int wanted) throws IOException {
        if (bytesLeft == 0) {
            throw new IOException("the answer is longer than " + MAX_BYTES + " bytes");
        }
        return Math.min(wanted, bytesLeft);
    }

    void used(int bytes) {
        bytesLeft -= bytes;
    }

    int bytesRead() {
        return MAX_BYTES - bytesLeft;
    }

    /** The proxy wants credentials, or does not take those that it got. */
    void refusedByProxy() {
        refusedByProxy = true;
    }

    boolean isRefusedByProxy() {
        return refusedByProxy;
    }
}
