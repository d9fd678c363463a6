package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Objects;

/**
 * A claimed delivery with everything that is needed to send it.
 *
 * @param claim the right to it
 * @param attempts how many attempts were recorded before
 * @param claims how many claims in a row, this one included, ended neither in a record nor in a release
 * @param starts how many of them were started, as {@link DeliveryQueue#start} recorded
 * @param dueAt when it was due; a release restores this time
 * @param firstDueAt when it was due for the first time
 * @param event what to send
 */
public record Claimed(
        Claim claim, int attempts, int claims, int starts, Instant dueAt, Instant firstDueAt, StoredEvent event) {
    /** Checks for null only. */
    public Claimed {
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(dueAt, "dueAt");
        Objects.requireNonNull(firstDueAt, "firstDueAt");
        Objects.requireNonNull(event, "event");
    }

    /** One that was never started and claimed once. */
    public Claimed(Claim claim, int attempts, Instant dueAt, Instant firstDueAt, StoredEvent event) {
        this(claim, attempts, 1, 0, dueAt, firstDueAt, event);
    }
}
