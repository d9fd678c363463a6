package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of a claimed delivery.
 *
 * @param claim the right to say so
 * @param attempts the attempts that were made, in their order. The last one counts; those before it have its number and failed as
 *     {@link Failure#STALE}. Empty if the delivery ends without one
 * @param state the state it is in now; {@code PENDING} sets its next time
 * @param delay for {@code PENDING}, from the record to its next time
 * @param events events to be stored in the same transaction, if the outcome is recorded; of ids that nobody else uses
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

    /** This outcome with the excerpts of its attempts left out, for a store that cannot write them. */
    public Outcome withoutExcerpts() {
        return new Outcome(claim, attempts.stream().map(Attempt::withoutExcerpt).toList(), state, delay, events);
    }
}
