package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.EventDetails;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Forwards everything to the history of another store, see {@link ForwardingStore}. */
public class ForwardingHistory implements DeliveryHistory {
    private final DeliveryHistory target;

    public ForwardingHistory(DeliveryHistory target) {
        this.target = target;
    }

    @Override
    public Optional<Delivery> find(DeliveryId id) {
        return target.find(id);
    }

    @Override
    public List<AttemptDetails> attempts(DeliveryId id) {
        return target.attempts(id);
    }

    @Override
    public DeliveryPage list(DeliveryFilter filter, Optional<DeliveryPage.Place> after, int limit, int budget) {
        return target.list(filter, after, limit, budget);
    }

    @Override
    public Optional<EventDetails> event(TenantScope scope, String id) {
        return target.event(scope, id);
    }

    @Override
    public EventPage events(EventFilter filter, Optional<UUID> after, int limit, int budget) {
        return target.events(filter, after, limit, budget);
    }

    @Override
    public void addTest(Outcome test) {
        target.addTest(test);
    }

    @Override
    public BulkStep<UUID> forgetEvents(Instant publishedBefore, Optional<UUID> after, int budget) {
        return target.forgetEvents(publishedBefore, after, budget);
    }

    @Override
    public BulkStep<UUID> forgetDeliveries(Instant publishedBefore, Optional<UUID> after, int budget) {
        return target.forgetDeliveries(publishedBefore, after, budget);
    }

    @Override
    public Optional<List<Delivery>> expunge(TenantScope scope, String eventId) {
        return target.expunge(scope, eventId);
    }
}
