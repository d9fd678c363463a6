package io.github.webhooks4j.documents;

import org.jspecify.annotations.Nullable;

/**
 * Is told of changes of a {@link View}.
 *
 * @param <T> what documents of the kind are in memory
 */
public interface Watcher<T> {
    /** Another document, or none, stands under this id. Called for one change of an id after the other, by whoever makes it. */
    default void replaced(String id, @Nullable T before, @Nullable T after) {}

    /** The same, a moment later; of several changes of an id the last may be told first. */
    default void changed(String id, @Nullable T before, @Nullable T after) {}
}
