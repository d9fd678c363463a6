package io.github.webhooks4j;

import java.util.List;
import java.util.Optional;

/** What becomes of a setting when a webhook is changed. */
interface Merge<T> {
    /** Whether the change decides what the setting is; otherwise what is stored does. */
    default boolean isDecidedBy(Choices change, Setting<T> setting) {
        return change.has(setting);
    }

    /** What is to be stored of a value that the change sets, over the stored one if there is any. */
    default T set(T value, Optional<T> stored) {
        return value;
    }

    /** What is kept of a stored value that the change does not decide; empty if nothing is. */
    default Optional<T> kept(T stored, Choices change) {
        return Optional.of(stored);
    }

    /** What is not set is kept. */
    static <T> Merge<T> keeping() {
        return new Merge<>() {};
    }

    /** Each change says what it is: what is not set is not there any more. */
    static <T> Merge<T> stating() {
        return new Merge<>() {
            @Override
            public Optional<T> kept(T stored, Choices change) {
                return Optional.empty();
            }
        };
    }

    /** All of a group are kept if none of them is set; otherwise those that are set are all that there are. */
    static <T> Merge<T> together(List<Setting<?>> group) {
        return new Merge<>() {
            @Override
            public boolean isDecidedBy(Choices change, Setting<T> setting) {
                return group.stream().anyMatch(change::has);
            }
        };
    }
}
