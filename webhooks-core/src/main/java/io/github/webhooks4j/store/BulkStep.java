package io.github.webhooks4j.store;

import java.util.Objects;
import java.util.Optional;

/**
 * What a step of something that is done to many deliveries or events did.
 *
 * @param done to how many
 * @param next after which place to go on; empty at the end
 * @param <P> a place
 */
public record BulkStep<P>(int done, Optional<P> next) {
    /** Checks for null only. */
    public BulkStep {
        Objects.requireNonNull(next, "next");
    }
}
