package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.store.DeliveryPage.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The events of the in-memory store and what became of their deliveries. An event is kept for as long as one of its deliveries is
 * pending or remembered; once it is forgotten, only its names are. Used under the lock of the store only.
 */
final class KeptEvents {
    private static final int FINISHED_KEPT = 100_000;
    /** After the ids of all webhooks. */
    static final String LAST = Character.toString(Character.MAX_CODE_POINT);

    private final NavigableMap<UUID, Kept> events = new TreeMap<>(Place::compareBytes);
    private final Map<PublicId, UUID> keys = new HashMap<>();
    private final NavigableSet<Place> deliveries = new TreeSet<>(Place.ORDER);
    private final Map<Place, Past> history = new HashMap<>();
    private final Set<Place> finished = new LinkedHashSet<>(); // the first that finished first

    private record PublicId(Optional<String> tenant, String id) {}

    private static final class Kept {
        final Instant storedAt;
        final int webhooks; // that it went to when it was published
        final boolean test;
        StoredEvent event; // once forgotten, without its content
        boolean gone;
        boolean expunged;
        int deliveries; // that are still remembered

        Kept(StoredEvent event, Instant storedAt, int webhooks, boolean test) {
            this.event = event;
            this.storedAt = storedAt;
            this.webhooks = webhooks;
            this.test = test;
            deliveries = webhooks;
        }

        PublishedEvent published() {
            return new PublishedEvent(
                    event.id(),
                    event.type(),
                    event.tenant(),
                    event.timestamp(),
                    DeliveryId.publishedAt(event.key()),
                    event.contentType(),
                    event.json(),
                    event.headers(),
                    event.data().length,
                    webhooks,
                    test);
        }

        /** Keeps what names it, and nothing else. */
        void forgetContent() {
            event = new StoredEvent(
                    event.key(),
                    event.id(),
                    event.tenant(),
                    event.type(),
                    event.timestamp(),
                    event.contentType(),
                    event.json(),
                    Map.of(),
                    new byte[0]);
        }
    }

    /** What happened to a delivery so far. */
    static final class Past {
        final List<AttemptDetails> attempts = new ArrayList<>();
        final List<Integer> fences = new ArrayList<>(1); // of the claims whose outcomes these are
        DeliveryState state = DeliveryState.PENDING;
        boolean failed; // the last attempt

        int fence; // when it ended
        Instant endedAt = Instant.EPOCH;

        /** Stale attempts have the number of those after them. */
        int counted() {
            return attempts.isEmpty() ? 0 : last().number();
        }

        private Attempt last() {
            return attempts.get(attempts.size() - 1).attempt();
        }
    }

    /** Keeps an event with deliveries to so many webhooks; false if its tenant has another one of its id. */
    boolean add(StoredEvent event, Instant storedAt, List<String> webhookIds) {
        return add(event, storedAt, false, webhookIds);
    }

    /** Keeps the event of a test call; false if its tenant has another one of its id. */
    boolean addTest(StoredEvent event, Instant storedAt, String webhookId) {
        return add(event, storedAt, true, List.of(webhookId));
    }

    private boolean add(StoredEvent event, Instant storedAt, boolean test, List<String> webhookIds) {
        if (keys.putIfAbsent(new PublicId(event.tenant(), event.id()), event.key()) != null) {
            return false;
        }
        events.put(event.key(), new Kept(event, storedAt, webhookIds.size(), test));
        webhookIds.forEach(id -> deliveries.add(new Place(event.key(), id)));
        if (webhookIds.isEmpty()) {
            remember(new Place(event.key(), "")); // nothing to finish: forgotten in its turn all the same
        }
        return true;
    }

    /** The key of an event; null if the tenant has none of this id. */
    @Nullable
    UUID key(Optional<String> tenant, String eventId) {
        return keys.get(new PublicId(tenant, eventId));
    }

    StoredEvent event(Place key) {
        return kept(key).event;
    }

    /** Whether the event is one of a test call. */
    boolean isTest(Place key) {
        return kept(key).test;
    }

    Instant storedAt(Place key) {
        return kept(key).storedAt;
    }

    /** The deliveries that are kept, as lists have them. */
    NavigableSet<Place> deliveries() {
        return deliveries;
    }

    /** A further webhook gets the event. */
    void addDelivery(UUID key, String webhookId) {
        kept(new Place(key, webhookId)).deliveries++;
        deliveries.add(new Place(key, webhookId));
    }

    /** The events that are there and were published after the one with this key, in their order. */
    Stream<StoredEvent> publishedAfter(Optional<UUID> key) {
        return key.map(after -> events.tailMap(after, false)).orElse(events).values().stream()
                .filter(kept -> !kept.gone)
                .map(kept -> kept.event);
    }

    /** Whether an event was made by a test call. */
    boolean isTest(UUID key) {
        return kept(new Place(key, "")).test;
    }

    /** The events that were published before the one with this key, the newest first, by their keys. */
    Stream<Map.Entry<UUID, PublishedEvent>> publishedBefore(Optional<UUID> key) {
        return key.map(before -> events.headMap(before, false)).orElse(events).descendingMap().entrySet().stream()
                .filter(each -> !each.getValue().gone)
                .map(each -> Map.entry(each.getKey(), each.getValue().published()));
    }

    /** The event with this key and its data; empty if it is not kept. */
    Optional<EventDetails> details(UUID key) {
        return Optional.ofNullable(events.get(key))
                .filter(kept -> !kept.gone)
                .map(kept -> new EventDetails(kept.published(), kept.event.data()));
    }

    /** Whether an event can be sent: neither it nor its content was forgotten. */
    boolean isSendable(UUID key) {
        Kept kept = events.get(key);
        return kept != null && !kept.gone && !kept.expunged;
    }

    /** The deliveries of an event that are kept. */
    List<Place> deliveriesOf(UUID key) {
        return deliveries.tailSet(new Place(key, LAST)).stream()
                .takeWhile(place -> place.event().equals(key))
                .toList();
    }

    /** Forgets an event: its id is free again, and what became of its deliveries is still remembered. */
    void forgetEvent(UUID key) {
        Kept kept = kept(new Place(key, ""));
        kept.gone = true;
        kept.forgetContent();
        free(kept.event);
        if (kept.deliveries <= 0) {
            finished.remove(new Place(key, ""));
            events.remove(key);
        }
    }

    /** Whether anything of an event is kept, be it only its names. */
    boolean isKnown(UUID key) {
        return events.containsKey(key);
    }

    /** Whether an event was forgotten. */
    boolean isGone(UUID key) {
        return kept(new Place(key, "")).gone;
    }

    /** Forgets what an event contained, and what its attempts captured. */
    void expunge(UUID key) {
        Kept kept = kept(new Place(key, ""));
        kept.expunged = true;
        kept.forgetContent();
        for (Place place : deliveriesOf(key)) {
            Past past = history.get(place);
            if (past != null) {
                past.attempts.replaceAll(AttemptDetails::withoutCaptures);
            }
        }
    }

    /** Forgets what became of a delivery that has ended. */
    void forgetDelivery(Place key) {
        finished.remove(key);
        forget(key);
    }

    /** Which delivery has this id; null if none. */
    @Nullable
    Place named(DeliveryId id) {
        for (Place place : deliveries.tailSet(new Place(id.lastKey(), LAST))) {
            if (Place.compareBytes(place.event(), id.firstKey()) < 0) {
                break;
            }
            if (id.names(place.event(), place.webhookId())) {
                return place;
            }
        }
        return null;
    }

    /** What happened to a delivery; null if nothing did. */
    @Nullable
    Past past(Place key) {
        return history.get(key);
    }

    /** Remembers the outcome of a claim. */
    void record(Place key, Outcome outcome) {
        Past past = history.computeIfAbsent(key, k -> new Past());
        past.fences.add(outcome.claim().fence());
        outcome.attempts().forEach(attempt -> past.attempts.add(withoutUrl(attempt)));
        if (!outcome.attempts().isEmpty()) {
            past.failed = outcome.state() != DeliveryState.DELIVERED;
        }
    }

    private static AttemptDetails withoutUrl(AttemptDetails made) {
        return new AttemptDetails(
                made.attempt(),
                made.timing(),
                made.origin(),
                Optional.empty(),
                made.webhookVersion(),
                made.request(),
                made.answerHeaders(),
                made.node());
    }

    /** Whether the outcome of this claim is remembered. */
    boolean isRecorded(Claim claim) {
        Past past = history.get(new Place(claim.event(), claim.webhookId()));
        return past != null && past.fences.contains(claim.fence());
    }

    /** Remembers how a delivery ended, until many others have ended since. */
    void finish(Place key, DeliveryState state, int fence, Instant now) {
        Past past = history.computeIfAbsent(key, k -> new Past());
        past.state = state;
        past.fence = fence;
        past.endedAt = now;
        remember(key);
    }

    /** A delivery that had ended has not ended any more. */
    void revive(Place key) {
        finished.remove(key);
    }

    /** A delivery that is pending, with the time of its next attempt, or has ended. */
    Delivery delivery(Place key, Optional<Instant> nextAt) {
        StoredEvent event = event(key);
        Past past = history.getOrDefault(key, new Past());
        boolean pending = nextAt.isPresent();
        boolean attempted = !past.attempts.isEmpty();
        return new Delivery(
                DeliveryId.of(key.event(), key.webhookId()).toString(),
                event.id(),
                event.type(),
                key.webhookId(),
                event.tenant(),
                pending ? DeliveryState.PENDING : past.state,
                past.counted(),
                DeliveryId.publishedAt(key.event()),
                nextAt,
                pending ? Optional.empty() : Optional.of(past.endedAt),
                attempted ? past.last().status() : OptionalInt.empty(),
                past.failed ? Optional.of(past.last().text()) : Optional.empty(),
                isTest(key));
    }

    private void remember(Place key) {
        finished.add(key);
        while (finished.size() > FINISHED_KEPT) {
            Place oldest = finished.iterator().next();
            finished.remove(oldest);
            forget(oldest);
        }
    }

    private void forget(Place key) {
        history.remove(key);
        deliveries.remove(key);
        Kept kept = kept(key);
        kept.deliveries--;
        if (kept.deliveries <= 0) {
            events.remove(key.event());
            free(kept.event);
        }
    }

    private void free(StoredEvent event) {
        keys.remove(new PublicId(event.tenant(), event.id()), event.key()); // unless a later event has it
    }

    private Kept kept(Place key) {
        Kept kept = events.get(key.event());
        if (kept == null) {
            throw new IllegalStateException("an event is kept while one of its deliveries is");
        }
        return kept;
    }
}
