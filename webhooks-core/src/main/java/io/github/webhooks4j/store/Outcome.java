package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What happened to a claimed delivery.
 *
 * @param claimed the delivery
 * @param attempts the attempts that were made, in their order. The last one counts; those before it have the same number and failed
 *     as {@link Failure#STALE}. Empty if the delivery ends without an attempt
 * @param state what the outcome makes of the delivery; {@code PENDING} sets its next time
 * @param delay for {@code PENDING}, the time from the record to the next attempt
 * @param events events to store in the same transaction, if the outcome is recorded; with ids that nobody else uses
 */
public record Outcome(
        Claimed claimed, List<AttemptDetails> attempts, DeliveryState state, Duration delay, List<NewEvent> events) {
    /** Copies the lists. */
    public Outcome {
        Objects.requireNonNull(claimed, "claimed");
        attempts = List.copyOf(attempts);
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(delay, "delay");
        events = List.copyOf(events);
    }

    /** An outcome without events. */
    public Outcome(Claimed claimed, List<AttemptDetails> attempts, DeliveryState state, Duration delay) {
        this(claimed, attempts, state, delay, List.of());
    }

    /** The claim on the delivery. */
    public Claim claim() {
        return claimed.claim();
    }

    /** The attempt that counts; empty if there was none. */
    public Optional<Attempt> attempt() {
        return attempts.isEmpty()
                ? Optional.empty()
                : Optional.of(attempts.get(attempts.size() - 1).attempt());
    }

    /** How many attempts of the delivery count now. */
    public int counted() {
        return attempt().map(Attempt::number).orElse(claimed.attempts());
    }

    /** The delivery's state from now on: of one that was redelivered and did not arrive, the former one. */
    public DeliveryState standing() {
        return state == DeliveryState.PENDING || state == DeliveryState.DELIVERED
                ? state
                : claimed.former().orElse(state);
    }

    /** This outcome without what was captured of its attempts, for a store that cannot write it. */
    public Outcome withoutCaptures() {
        return new Outcome(
                claimed, attempts.stream().map(AttemptDetails::withoutCaptures).toList(), state, delay, events);
    }
}
