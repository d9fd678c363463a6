package io.github.webhooks4j.operations;

import io.github.webhooks4j.history.Bulk;
import java.util.function.LongConsumer;

/** What is asked for is outside of the scope. */
final class NothingToDo implements Bulk {
    @Override
    public long count() {
        return 0;
    }

    @Override
    public long run(LongConsumer progress) {
        progress.accept(0);
        return 0;
    }
}
