package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Delivery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a step of a {@link Sweep} did.
 *
 * @param ended the deliveries that it ended
 * @param matched how many deliveries it read that the sweep should end; more than it ended if others ended, claimed or recorded some
 *     meanwhile
 * @param next where to go on; empty if it reached the end
 */
public record Swept(List<Delivery> ended, int matched, Optional<Sweep.Place> next) {
    /** Copies the deliveries. */
    public Swept {
        ended = List.copyOf(ended);
        Objects.requireNonNull(next, "next");
    }
}
