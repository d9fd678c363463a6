package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Objects;

/**
 * A claimed delivery with all that is needed to send it.
 *
 * @param claim the right to it
 * @param attempts how many attempts were recorded before
 * @param claims how many claims, this one included, have not ended in a record or a release
 * @param dueAt when it was due; a release gives it this time back
 * @param firstDueAt when it was due for the first time
 * @param event what to send
 */
public record Claimed(Claim claim, int attempts, int claims, Instant dueAt, Instant firstDueAt, StoredEvent event) {
    /** Checks for null only. */
    public Claimed {
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(dueAt, "dueAt");
        Objects.requireNonNull(firstDueAt, "firstDueAt");
        Objects.requireNonNull(event, "event");
    }
}
