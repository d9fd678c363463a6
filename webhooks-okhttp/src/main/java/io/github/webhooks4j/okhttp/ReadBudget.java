package io.github.webhooks4j.okhttp;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the answers of all calls under way may take together: a thousand answers that grow at the same time must
 * not fill the heap, each within its own limit though it is. Once it is spent, each call may still have an equal share of
 * as much again, so that short answers are read whatever the others do.
 */
final class ReadBudget {
    private static final int PART_OF_THE_HEAP = 4;

    private final long limit;
    private final AtomicLong spent = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();

    ReadBudget(long limit) {
        this.limit = limit;
    }

    /** A quarter of the heap. */
    static ReadBudget ofTheHeap() {
        return new ReadBudget(Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP);
    }

    /** A call begins. */
    void enter() {
        calls.incrementAndGet();
    }

    /** A call has ended, and with it what it had spent. */
    void leave(long bytes) {
        calls.decrementAndGet();
        spent.addAndGet(-bytes);
    }

    /** Whether a call that has spent this much may have no more. */
    boolean isSpent(long byThisCall) {
        return spent.get() >= limit && byThisCall >= limit / calls.get();
    }

    void spend(long bytes) {
        spent.addAndGet(bytes);
    }
}
