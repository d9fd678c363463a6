package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.DeliveryState;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.stream.Collectors;

/** The numbers that stand for the states in which deliveries end. They are stored, and never change. */
final class States {
    private static final Map<DeliveryState, Integer> CODES = Map.of(
            DeliveryState.DELIVERED, 1,
            DeliveryState.EXHAUSTED, 2,
            DeliveryState.CANCELED, 3,
            DeliveryState.ABANDONED, 4);

    private static final Map<Integer, DeliveryState> STATES =
            CODES.entrySet().stream().collect(Collectors.toMap(Entry::getValue, Entry::getKey));

    private States() {}

    /** The number of a state; empty for {@code PENDING}. */
    static Optional<Integer> code(DeliveryState state) {
        return Optional.ofNullable(CODES.get(state));
    }

    /** The state with this number; empty for 0, which no state has. */
    static Optional<DeliveryState> of(int code) {
        return Optional.ofNullable(STATES.get(code));
    }
}
