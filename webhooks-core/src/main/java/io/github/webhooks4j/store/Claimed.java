package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.DeliveryState;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

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
 * @param former how the delivery had ended before it was redelivered; empty if it was not. It is attempted once more only, and unless
 *     that delivers it, its former state comes back
 */
public record Claimed(
        Claim claim,
        int attempts,
        int claims,
        int starts,
        Instant dueAt,
        Instant firstDueAt,
        StoredEvent event,
        Optional<DeliveryState> former) {
    private static final Duration LONG_BEFORE = Duration.ofDays(365);

    /** Checks for null only. */
    public Claimed {
        Objects.requireNonNull(claim, "claim");
        Objects.requireNonNull(dueAt, "dueAt");
        Objects.requireNonNull(firstDueAt, "firstDueAt");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(former, "former");
    }

    /** Whether somebody redelivered it, and it alone: it is due far earlier than it can have been redelivered. */
    public boolean isFirstInLine() {
        return former.isPresent() && dueAt.isBefore(firstDueAt.minus(LONG_BEFORE));
    }

    /** One that was never started and claimed once. */
    public Claimed(Claim claim, int attempts, Instant dueAt, Instant firstDueAt, StoredEvent event) {
        this(claim, attempts, 1, 0, dueAt, firstDueAt, event, Optional.empty());
    }
}
