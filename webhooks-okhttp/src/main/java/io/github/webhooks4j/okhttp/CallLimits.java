package io.github.webhooks4j.okhttp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What one call may still use, time and bytes read from the network, and what its proxy said.
 *
 * <p>Found through the thread: OkHttp resolves names, shakes hands, writes and reads on the thread that executes the call,
 * and only there; it connects sockets on threads of its own, which needs no limits. Used by the thread of the call alone.
 */
final class CallLimits {
    /** More than any TLS handshake takes. */
    private static final int MAX_BYTES = 512 * 1024;

    /** For headers, body and trailers: what other HTTP clients take of headers, and all that we keep of a body. */
    private static final int MAX_ANSWER = 64 * 1024;

    /**
     * What a byte of an answer may take in memory: a header line of two bytes is kept as two strings. Whether bytes are
     * headers, trailers or body is known only when they have been read.
     */
    private static final int COST = 32;

    /** How much of an answer is read at a time, so that many threads at once do not read far beyond what they may. */
    private static final int SLICE = 1024;

    /** How much of a body with a length, of which a byte takes no more than a byte. */
    private static final int BODY_SLICE = 8 * SLICE;

    private static final ThreadLocal<@Nullable CallLimits> CURRENT = new ThreadLocal<>();

    private final long began = System.nanoTime();
    private final long deadline;
    private final ReadBudget budget;
    private int bytesLeft = MAX_BYTES;
    private int bytesRead;
    private int cost = 1;
    private int slice = SLICE;
    private long spent;
    private boolean answered;
    private boolean refusedByProxy;

    private CallLimits(long deadline, ReadBudget budget) {
        this.deadline = deadline;
        this.budget = budget;
    }

    /**
     * Sets the limits of the call that this thread is about to make.
     *
     * @param deadline the end of its time, on the clock of {@link System#nanoTime}
     * @param budget what all calls together may take in memory
     */
    static CallLimits begin(long deadline, ReadBudget budget) {
        CallLimits limits = new CallLimits(deadline, budget);
        budget.enter();
        CURRENT.set(limits);
        return limits;
    }

    static void end() {
        CallLimits limits = CURRENT.get();
        if (limits != null) {
            limits.budget.leave(limits.spent);
        }
        CURRENT.remove();
    }

    /** This thread's call has its connection, TLS included: all that it reads from now on is the answer. */
    static void beginAnswer() {
        CallLimits limits = CURRENT.get();
        if (limits != null) {
            limits.bytesLeft = MAX_ANSWER;
            limits.cost = COST;
            limits.slice = SLICE;
        }
    }

    /** This thread's call has read the head of its answer: what follows is a body with a length, and no headers. */
    static void beginBody() {
        CallLimits limits = CURRENT.get();
        if (limits != null) {
            limits.slice = BODY_SLICE;
            limits.cost = 1;
        }
    }

    /** This thread's call has read its answer to the end: it has nothing more to write. */
    static void endAnswer() {
        CallLimits limits = CURRENT.get();
        if (limits != null) {
            limits.answered = true;
        }
    }

    /** How long this thread may still write; zero or less without a call, or once its answer was read or its time is over. */
    static long nanosToWrite() {
        CallLimits limits = CURRENT.get();
        return limits == null || limits.answered ? 0 : limits.nanosLeft();
    }

    static CallLimits current() throws IOException {
        CallLimits limits = CURRENT.get();
        if (limits == null) {
            throw new IOException("no call is under way on this thread");
        }
        return limits;
    }

    /** On the clock of {@link System#nanoTime}. */
    long began() {
        return began;
    }

    /** Zero or less if the time is over. */
    long nanosLeft() {
        return deadline - System.nanoTime();
    }

    /** How many of the wanted bytes may be read now: at least one. */
    int grant(int wanted) throws IOException {
        if (bytesLeft == 0) {
            throw new IOException("the answer is too long");
        }
        if (budget.isSpent(spent)) {
            throw new IOException("the answer is long, and so are those of too many others");
        }
        return Math.min(Math.min(wanted, bytesLeft), slice);
    }

    void used(int bytes) {
        bytesLeft -= bytes;
        bytesRead += bytes;
        spent += (long) bytes * cost;
        budget.spend((long) bytes * cost);
    }

    /** All that was read, of handshakes too. */
    int bytesRead() {
        return bytesRead;
    }

    /** The proxy wants credentials, or does not take those that it got, and that is not for the target's sake. */
    void refusedByProxy() {
        refusedByProxy = true;
    }

    boolean isRefusedByProxy() {
        return refusedByProxy;
    }
}
