package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What happened to a claimed delivery.
 *
 * @param claim the claim on it
 * @param attempts the attempts that were made, in their order. The last one counts; those before it have the same number and failed
 *     as {@link Failure#STALE}. Empty if the delivery ends without an attempt
 * @param state the new state of the delivery; {@code PENDING} sets its next time
 * @param delay for {@code PENDING}, the time from the record to the next attempt
 * @param events events to store in the same transaction, if the outcome is recorded; with ids that nobody else uses
 */
public record Outcome(Claim claim, List<Attempt> attempts, DeliveryState state, Duration delay, List<NewEvent> events) {
    /** Copies the lists. */
    public Outcome {
        Objects.requireNonNull(claim, "claim");
        attempts = List.copyOf(attempts);
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(delay, "delay");
        events = List.copyOf(events);
    }

    /** An outcome without events. */
    public Outcome(Claim claim, List<Attempt> attempts, DeliveryState state, Duration delay) {
        this(claim, attempts, state, delay, List.of());
    }

    /** The attempt that counts; empty if there was none. */
    public Optional<Attempt> attempt() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.get(attempts.size() - 1));
    }

    /** This outcome without the excerpts of its attempts, for a store that cannot write them. */
    public Outcome withoutExcerpts() {
        return new Outcome(claim, attempts.stream().map(Attempt::withoutExcerpt).toList(), state, delay, events);
    }
}
