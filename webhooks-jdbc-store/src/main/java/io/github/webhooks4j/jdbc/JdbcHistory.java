package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.store.DeliveryHistory;
import java.util.List;
import java.util.Optional;

/** The history of a {@link JdbcDeliveryStore}. */
final class JdbcHistory implements DeliveryHistory {
    private final OpenStore.Source opened;

    JdbcHistory(OpenStore.Source opened) {
        this.opened = opened;
    }

    @Override
    public Optional<Delivery> find(Optional<String> tenant, String eventId, String webhookId) {
        OpenStore store = opened.get();
        return store.own()
                .read("find a delivery", connection -> store.deliveries().find(connection, tenant, eventId, webhookId));
    }

    @Override
    public List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId) {
        OpenStore store = opened.get();
        return store.own()
                .read(
                        "read attempts",
                        connection -> store.deliveries().attempts(connection, tenant, eventId, webhookId));
    }
}
