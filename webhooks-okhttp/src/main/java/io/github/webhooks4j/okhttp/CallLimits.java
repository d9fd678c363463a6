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

    /** What a call may read however much others have read: more than nearly all answers have. */
    private static final int ALWAYS = 32 * 1024;

    private static final ThreadLocal<@Nullable CallLimits> CURRENT = new ThreadLocal<>();

    private final long deadline;
    private final ReadBudget budget;
    private int bytesLeft = MAX_BYTES;
    private boolean refusedByProxy;

    private CallLimits(long deadline, ReadBudget budget) {
        this.deadline = deadline;
        this.budget = budget;
    }

    /**
     * Sets the limits of the call that this thread is about to make.
     *
     * @param deadline the end of its time, on the clock of {@link System#nanoTime}
     * @param budget what all calls may read together
     */
    static CallLimits begin(long deadline, ReadBudget budget) {
        CallLimits limits = new CallLimits(deadline, budget);
        CURRENT.set(limits);
        return limits;
    }

    static void end() {
        CallLimits limits = CURRENT.get();
        if (limits != null) {
            limits.budget.free(limits.bytesRead());
        }
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
        if (bytesRead() >= ALWAYS && budget.isSpent()) {
            throw new IOException("the answer is long, and so are those of too many others");
        }
        return Math.min(wanted, bytesLeft);
    }

    void used(int bytes) {
        bytesLeft -= bytes;
        budget.spend(bytes);
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
