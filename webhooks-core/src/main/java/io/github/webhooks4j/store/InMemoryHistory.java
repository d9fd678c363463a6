package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.store.DeliveryPage.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks back at what the other parts of the in-memory store keep. */
final class InMemoryHistory implements DeliveryHistory {
    private final Object lock;
    private final KeptEvents events;
    private final InMemoryQueue queue;

    InMemoryHistory(Object lock, KeptEvents events, InMemoryQueue queue) {
        this.lock = lock;
        this.events = events;
        this.queue = queue;
    }

    @Override
    public Optional<Delivery> find(DeliveryId id) {
        synchronized (lock) {
            return Optional.ofNullable(events.named(id)).map(this::delivery);
        }
    }

    private Delivery delivery(Place key) {
        return queue.pending(key).orElseGet(() -> events.delivery(key, Optional.empty()));
    }

    @Override
    public List<AttemptDetails> attempts(DeliveryId id) {
        synchronized (lock) {
            Place key = events.named(id);
            KeptEvents.Past past = key == null ? null : events.past(key);
            return past == null ? List.of() : List.copyOf(past.attempts);
        }
    }

    @Override
    public DeliveryPage list(DeliveryFilter filter, Optional<Place> after, int limit, int budget) {
        synchronized (lock) {
            List<Delivery> found = new ArrayList<>();
            int read = 0;
            Place last = null;
            for (Place key : candidates(filter, after)) {
                if (found.size() == limit || read == budget) {
                    return new DeliveryPage(found, Optional.ofNullable(last));
                }
                read++;
                last = key;
                Delivery delivery = delivery(key);
                if (matches(delivery, filter)) {
                    found.add(delivery);
                }
            }
            return new DeliveryPage(found, Optional.empty());
        }
    }

    @Override
    public void addTest(Outcome test) {
        synchronized (lock) {
            queue.addTest(test);
        }
    }

    private Collection<Place> candidates(DeliveryFilter filter, Optional<Place> after) {
        NavigableSet<Place> all = events.deliveries();
        NavigableSet<Place> rest = after.map(place -> all.tailSet(place, false)).orElse(all);
        if (filter.eventId().isEmpty()) {
            return rest;
        }
        UUID key = key(filter);
        return rest.stream().filter(place -> place.event().equals(key)).toList();
    }

    private @Nullable UUID key(DeliveryFilter filter) {
        String eventId = filter.eventId().orElseThrow();
        UUID key = events.key(filter.scope().tenant(), eventId);
        UUID found = key != null || !filter.scope().everything() ? key : ofAnyTenant(eventId);
        return found != null ? found : StoredEvent.keyOf(eventId).orElse(null);
    }

    private @Nullable UUID ofAnyTenant(String eventId) {
        return events.deliveries().stream()
                .map(Place::event)
                .filter(key -> isCalled(key, eventId))
                .findFirst()
                .orElse(null);
    }

    private boolean isCalled(UUID key, String eventId) {
        return events.event(new Place(key, "")).id().equals(eventId);
    }

    @Override
    public Optional<EventDetails> event(TenantScope scope, String id) {
        synchronized (lock) {
            UUID own = events.key(scope.tenant(), id);
            Optional<UUID> key = own != null || !scope.everything() ? Optional.ofNullable(own) : StoredEvent.keyOf(id);
            return key.flatMap(events::details)
                    .filter(details -> details.event().id().equals(id));
        }
    }

    @Override
    public BulkStep<UUID> forgetEvents(Instant publishedBefore, Optional<UUID> after, int budget) {
        synchronized (lock) {
            List<UUID> read = events.publishedAfter(after)
                    .map(StoredEvent::key)
                    .takeWhile(key -> DeliveryId.publishedAt(key).isBefore(publishedBefore))
                    .limit(budget)
                    .toList();
            List<UUID> old = read.stream().filter(key -> !queue.isPending(key)).toList();
            old.forEach(events::forgetEvent);
            return new BulkStep<>(
                    old.size(), read.size() < budget ? Optional.empty() : Optional.of(read.get(budget - 1)));
        }
    }

    @Override
    public EventPage events(EventFilter filter, Optional<UUID> after, int limit, int budget) {
        synchronized (lock) {
            List<PublishedEvent> found = new ArrayList<>();
            int read = 0;
            UUID last = null;
            Iterator<Map.Entry<UUID, PublishedEvent>> all =
                    events.publishedBefore(after).iterator();
            while (all.hasNext()) {
                if (found.size() == limit || read == budget) {
                    return new EventPage(found, Optional.ofNullable(last));
                }
                Map.Entry<UUID, PublishedEvent> each = all.next();
                read++;
                last = each.getKey();
                if (filter.includes(each.getValue())) {
                    found.add(each.getValue());
                }
            }
            return new EventPage(found, Optional.empty());
        }
    }

    @Override
    public BulkStep<UUID> forgetDeliveries(Instant publishedBefore, Optional<UUID> after, int budget) {
        synchronized (lock) {
            List<Place> rest = after
                    .map(key -> events.deliveries().tailSet(new Place(key, ""), false))
                    .orElseGet(events::deliveries)
                    .stream()
                    .filter(place -> DeliveryId.publishedAt(place.event()).isBefore(publishedBefore))
                    .limit(budget)
                    .toList();
            if (rest.isEmpty()) {
                return new BulkStep<>(0, Optional.empty());
            }
            List<UUID> keys = rest.stream().map(Place::event).distinct().toList(); // each as a whole
            int done = 0;
            for (UUID key : keys) {
                if (events.isGone(key)) {
                    List<Place> old = events.deliveriesOf(key);
                    old.forEach(events::forgetDelivery);
                    done += old.size();
                }
            }
            return new BulkStep<>(done, Optional.of(keys.get(keys.size() - 1)));
        }
    }

    @Override
    public Optional<List<Delivery>> expunge(TenantScope scope, String eventId) {
        synchronized (lock) {
            UUID key = events.key(scope.tenant(), eventId);
            if (key == null) {
                key = StoredEvent.keyOf(eventId)
                        .filter(made -> isOf(made, scope))
                        .orElse(null);
            }
            if (key == null) {
                return Optional.empty();
            }
            List<Delivery> canceled = queue.cancelAll(key);
            events.expunge(key);
            return Optional.of(canceled);
        }
    }

    private boolean isOf(UUID key, TenantScope scope) {
        return events.isKnown(key)
                && scope.includes(events.event(new Place(key, "")).tenant());
    }

    /** Whether a delivery is one of those that a filter is about. */
    static boolean matches(Delivery delivery, DeliveryFilter filter) {
        return filter.scope().includes(delivery.tenant())
                && filter.webhookId()
                        .filter(id -> !id.equals(delivery.webhookId()))
                        .isEmpty()
                && filter.type()
                        .filter(type -> !type.equals(delivery.eventType()))
                        .isEmpty()
                && filter.includes(delivery.state())
                && filter.publishedSince()
                        .filter(delivery.publishedAt()::isBefore)
                        .isEmpty()
                && filter.publishedBefore()
                        .filter(before -> !delivery.publishedAt().isBefore(before))
                        .isEmpty()
                && filter.test().filter(test -> test != delivery.test()).isEmpty();
    }
}
