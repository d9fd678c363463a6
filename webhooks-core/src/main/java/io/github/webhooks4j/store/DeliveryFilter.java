package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.DeliveryState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which deliveries a list is of. All conditions must hold.
 *
 * @param scope of which tenants
 * @param webhookId of this webhook; empty for all
 * @param eventId of the event with this id, which is looked for in the scope; with the scope of all tenants, among events without a
 *     tenant and by ids that the library made. Empty for all
 * @param type of this event type; empty for all
 * @param states in one of these states; empty for all
 * @param publishedSince published at or after this instant; empty for all
 * @param publishedBefore published before this instant; empty for all
 * @param test whether of test calls; empty for either
 */
public record DeliveryFilter(
        TenantScope scope,
        Optional<String> webhookId,
        Optional<String> eventId,
        Optional<String> type,
        Set<DeliveryState> states,
        Optional<Instant> publishedSince,
        Optional<Instant> publishedBefore,
        Optional<Boolean> test) {
    /** Copies the states. */
    public DeliveryFilter {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(type, "type");
        states = Set.copyOf(states);
        Objects.requireNonNull(publishedSince, "publishedSince");
        Objects.requireNonNull(publishedBefore, "publishedBefore");
        Objects.requireNonNull(test, "test");
    }

    /** Every delivery in this scope. */
    public static DeliveryFilter all(TenantScope scope) {
        return new DeliveryFilter(
                scope,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether deliveries in this state are meant. */
    public boolean includes(DeliveryState state) {
        return states.isEmpty() || states.contains(state);
    }
}
