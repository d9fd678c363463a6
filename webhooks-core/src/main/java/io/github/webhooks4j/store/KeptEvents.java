package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events of the in-memory store and what became of their deliveries. An event is kept for as long as one of its deliveries is
 * pending or remembered. Used under the lock of the store only.
 */
final class KeptEvents {
    private static final int FINISHED_KEPT = 100_000;

    private final Map<UUID, Kept> events = new HashMap<>();
    private final Map<PublicId, UUID> keys = new HashMap<>();
    private final Map<Pair, Past> history = new HashMap<>();
    private final Deque<Pair> finished = new ArrayDeque<>();

    private record PublicId(Optional<String> tenant, String id) {}

    /** Names a delivery: the pair of event and webhook. */
    record Pair(UUID event, String webhookId) {}

    private static final class Kept {
        final StoredEvent event;
        final Instant storedAt;
        int deliveries; // that are still remembered

        Kept(StoredEvent event, Instant storedAt, int deliveries) {
            this.event = event;
            this.storedAt = storedAt;
            this.deliveries = deliveries;
        }
    }

    /** What happened to a delivery so far. */
    static final class Past {
        final List<Attempt> attempts = new ArrayList<>();
        final List<Integer> fences = new ArrayList<>(1); // of the claims whose outcomes these are
        DeliveryState state = DeliveryState.PENDING;

        /** Stale attempts have the number of those after them. */
        int counted() {
            return attempts.isEmpty() ? 0 : attempts.get(attempts.size() - 1).number();
        }
    }

    /** Keeps an event with so many deliveries; false if its tenant has another one of its id. */
    boolean add(StoredEvent event, Instant storedAt, int deliveries) {
        if (keys.putIfAbsent(new PublicId(event.tenant(), event.id()), event.key()) != null) {
            return false;
        }
        events.put(event.key(), new Kept(event, storedAt, deliveries));
        if (deliveries == 0) {
            remember(new Pair(event.key(), "")); // nothing to finish: forgotten in its turn all the same
        }
        return true;
    }

    /** The key of an event; null if the tenant has none of this id. */
    @Nullable
    UUID key(Optional<String> tenant, String eventId) {
        return keys.get(new PublicId(tenant, eventId));
    }

    StoredEvent event(Pair key) {
        return kept(key).event;
    }

    Instant storedAt(Pair key) {
        return kept(key).storedAt;
    }

    /** What happened to a delivery; null if nothing did. */
    @Nullable
    Past past(Pair key) {
        return history.get(key);
    }

    /** Remembers the outcome of a claim. */
    void record(Pair key, int fence, List<Attempt> attempts) {
        Past past = history.computeIfAbsent(key, k -> new Past());
        past.fences.add(fence);
        past.attempts.addAll(attempts);
    }

    /** Whether the outcome of this claim is remembered. */
    boolean isRecorded(Claim claim) {
        Past past = history.get(new Pair(claim.event(), claim.webhookId()));
        return past != null && past.fences.contains(claim.fence());
    }

    /** Remembers how a delivery ended, until many others have ended since. */
    void finish(Pair key, DeliveryState state) {
        history.computeIfAbsent(key, k -> new Past()).state = state;
        remember(key);
    }

    Delivery delivery(Pair key, DeliveryState state, int attempts, @Nullable Instant nextAt) {
        StoredEvent event = event(key);
        return new Delivery(
                event.id(), event.type(), key.webhookId, event.tenant(), state, attempts, Optional.ofNullable(nextAt));
    }

    private void remember(Pair key) {
        finished.add(key);
        while (finished.size() > FINISHED_KEPT) {
            forget(finished.remove());
        }
    }

    private void forget(Pair key) {
        history.remove(key);
        Kept kept = kept(key);
        kept.deliveries--;
        if (kept.deliveries <= 0) {
            events.remove(key.event);
            keys.remove(new PublicId(kept.event.tenant(), kept.event.id()));
        }
    }

    private Kept kept(Pair key) {
        Kept kept = events.get(key.event);
        if (kept == null) {
            throw new IllegalStateException("an event is kept while one of its deliveries is");
        }
        return kept;
    }
}
