package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

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
    public Optional<Delivery> find(Optional<String> tenant, String eventId, String webhookId) {
        synchronized (lock) {
            UUID event = events.key(tenant, eventId);
            if (event == null) {
                return Optional.empty();
            }
            KeptEvents.Pair key = new KeptEvents.Pair(event, webhookId);
            Optional<Delivery> pending = queue.pending(key);
            return pending.isPresent()
                    ? pending
                    : Optional.ofNullable(events.past(key))
                            .map(past -> events.delivery(key, past.state, past.counted(), null));
        }
    }

    @Override
    public List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId) {
        synchronized (lock) {
            UUID event = events.key(tenant, eventId);
            KeptEvents.Past past = event == null ? null : events.past(new KeptEvents.Pair(event, webhookId));
            return past == null ? List.of() : List.copyOf(past.attempts);
        }
    }
}
