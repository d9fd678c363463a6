package io.github.webhooks4j.history;

import java.util.function.LongConsumer;

/**
 * Something to be done to many deliveries, some at a time, each time in a transaction of its own. A run that ended in the middle, with
 * the process even, can be made again: it goes on with what is left.
 */
public interface Bulk {
    /**
     * How many deliveries it is about now. Changes nothing. It reads all of them, and takes as long as that takes.
     *
     * @throws io.github.webhooks4j.store.StoreException if the store fails
     */
    long count();

    /**
     * Does it.
     *
     * @param progress is told, after each part and on this thread, how many deliveries are done so far
     * @return how many deliveries it did
     * @throws io.github.webhooks4j.store.StoreException if the store fails; what was done until then stays done
     */
    long run(LongConsumer progress);

    /** {@link #run(LongConsumer)} without telling of its progress. */
    default long run() {
        return run(done -> {});
    }
}
