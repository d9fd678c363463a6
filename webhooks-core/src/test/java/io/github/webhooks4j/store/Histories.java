package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds in the history of a store what tests know by event and webhook. */
public final class Histories {
    private static final int BUDGET = 5_000;

    private Histories() {}

    /** The delivery of an event to a webhook; empty if there is none. */
    public static Optional<Delivery> find(
            DeliveryStore store, Optional<String> tenant, String eventId, String webhookId) {
        DeliveryFilter filter = new DeliveryFilter(
                TenantScope.of(tenant),
                Optional.of(webhookId),
                Optional.of(eventId),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return store.history().list(filter, Optional.empty(), 1, BUDGET).deliveries().stream()
                .findFirst();
    }

    /** The id of the delivery of an event to a webhook. */
    public static DeliveryId id(DeliveryStore store, Optional<String> tenant, String eventId, String webhookId) {
        String id = find(store, tenant, eventId, webhookId).orElseThrow().id();
        return DeliveryId.parse(id).orElseThrow();
    }

    /** The attempts of the delivery of an event to a webhook; none if there is no such delivery. */
    public static List<Attempt> attempts(
            DeliveryStore store, Optional<String> tenant, String eventId, String webhookId) {
        return find(store, tenant, eventId, webhookId)
                .flatMap(delivery -> DeliveryId.parse(delivery.id()))
                .map(store.history()::attempts)
                .orElse(List.of())
                .stream()
                .map(AttemptDetails::attempt)
                .toList();
    }
}
