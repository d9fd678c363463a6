package io.github.webhooks4j.operations;

import io.github.webhooks4j.history.Bulk;
import io.github.webhooks4j.store.BulkStep;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Something that is done step by step, until there is no next one.
 *
 * @param <P> where a step goes on
 */
final class Steps<P> implements Bulk {
    /** Makes one step. */
    interface Step<P> {
        /**
         * Makes the next step.
         *
         * @param dry whether it only counts
         * @param done how many deliveries were done before
         * @param after where it goes on; empty to begin
         */
        BulkStep<P> make(boolean dry, long done, Optional<P> after);
    }

    private final Step<P> step;

    Steps(Step<P> step) {
        this.step = step;
    }

    @Override
    public long count() {
        return all(true, done -> {});
    }

    @Override
    public long run(LongConsumer progress) {
        return all(false, progress);
    }

    private long all(boolean dry, LongConsumer progress) {
        long done = 0;
        Optional<P> after = Optional.empty();
        do {
            BulkStep<P> made = step.make(dry, done, after);
            done += made.done();
            after = made.next();
            progress.accept(done);
        } while (after.isPresent());
        return done;
    }
}
