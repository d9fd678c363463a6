package io.github.webhooks4j.okhttp;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all calls under way may have read together, since they may hold it in memory: a thousand answers that grow at the
 * same time must not fill the heap, each within its own limit though it is.
 */
final class ReadBudget {
    private static final int PART_OF_THE_HEAP = 4;

    private final long limit;
    private final AtomicLong spent = new AtomicLong();

    ReadBudget(long limit) {
        this.limit = limit;
    }

    /** A quarter of the heap. */
    static ReadBudget ofTheHeap() {
        return new ReadBudget(Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP);
    }

    boolean isSpent() {
        return spent.get() >= limit;
    }

    void spend(int bytes) {
        spent.addAndGet(bytes);
    }

    void free(int bytes) {
        spent.addAndGet(-bytes);
    }
}
