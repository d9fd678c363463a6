package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import java.util.List;
import java.util.Optional;

/** Forwards everything to the history of another store, see {@link ForwardingStore}. */
public class ForwardingHistory implements DeliveryHistory {
    private final DeliveryHistory target;

    public ForwardingHistory(DeliveryHistory target) {
        this.target = target;
    }

    @Override
    public Optional<Delivery> find(Optional<String> tenant, String eventId, String webhookId) {
        return target.find(tenant, eventId, webhookId);
    }

    @Override
    public List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId) {
        return target.attempts(tenant, eventId, webhookId);
    }
}
