package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.EventFilter;
import io.github.webhooks4j.store.EventPage;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.TenantScope;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The history of a {@link JdbcDeliveryStore}. */
final class JdbcHistory implements DeliveryHistory {
    private final OpenStore.Source opened;

    JdbcHistory(OpenStore.Source opened) {
        this.opened = opened;
    }

    @Override
    public Optional<Delivery> find(DeliveryId id) {
        OpenStore store = opened.get();
        return store.own()
                .read("find a delivery", connection -> store.deliveries().find(connection, id));
    }

    @Override
    public List<AttemptDetails> attempts(DeliveryId id) {
        OpenStore store = opened.get();
        return store.own()
                .read("read attempts", connection -> store.deliveries().attempts(connection, id));
    }

    @Override
    public DeliveryPage list(DeliveryFilter filter, Optional<DeliveryPage.Place> after, int limit, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .read(
                        "list deliveries",
                        connection -> store.deliveries().list(connection, filter, after, limit, budget));
    }

    @Override
    public Optional<EventDetails> event(TenantScope scope, String id) {
        OpenStore store = opened.get();
        return store.own().read("find an event", connection -> store.events().find(connection, scope, id));
    }

    @Override
    public EventPage events(EventFilter filter, Optional<UUID> after, int limit, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .read("list events", connection -> store.events().list(connection, filter, after, limit, budget));
    }

    @Override
    public void addTest(Outcome test) {
        OpenStore store = opened.get();
        store.own().write("keep a test call", connection -> {
            store.deliveries().addTest(connection, test);
            return test;
        });
    }

    @Override
    public BulkStep<UUID> forgetEvents(Instant publishedBefore, Optional<UUID> after, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .writeUnlocked(
                        "forget old events",
                        connection -> store.forgetting().events(connection, publishedBefore, after, budget));
    }

    @Override
    public BulkStep<UUID> forgetDeliveries(Instant publishedBefore, Optional<UUID> after, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .writeUnlocked(
                        "forget old deliveries",
                        connection -> store.forgetting().deliveries(connection, publishedBefore, after, budget));
    }

    @Override
    public Optional<List<Delivery>> expunge(TenantScope scope, String eventId) {
        OpenStore store = opened.get();
        return store.own()
                .write("expunge an event", connection -> store.forgetting().expunge(connection, scope, eventId));
    }
}
