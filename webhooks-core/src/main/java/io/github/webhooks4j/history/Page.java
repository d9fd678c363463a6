package io.github.webhooks4j.history;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One page of a longer list.
 *
 * @param items the elements of this page
 * @param next where the next page begins, to be passed to the query; empty on the last page
 * @param <T> the type of the elements
 */
public record Page<T>(List<T> items, Optional<String> next) {
    /** Copies the items. */
    public Page {
        items = List.copyOf(items);
        Objects.requireNonNull(next, "next");
    }
}
