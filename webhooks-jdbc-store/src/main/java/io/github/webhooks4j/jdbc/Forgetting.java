package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * How events and what became of their deliveries are forgotten, each method within one transaction.
 *
 * <p>Who adds a delivery of a stored event locks the event first, and who deletes an event locks it and then looks for deliveries, in
 * a second statement, which sees what was committed until then. So no delivery is left without its event. The history goes after the
 * event: nobody changes the history of an event that is gone.
 */
final class Forgetting {
    private static final UUID FIRST = new UUID(0, 0);
    /** How often the deliveries of an event are looked for again that somebody changed while they were being locked. */
    private static final int LOOKS = 5;

    private static final String SERIALIZATION_FAILURE = "40001";

    private final Sql sql;
    private final Statements statements;
    private final EventRows events;
    private final DeliveryRows rows;
    private final HistoryRows history;
    private final DeliveryLists lists;

    Forgetting(Sql sql, Statements statements) {
        this.sql = sql;
        this.statements = statements;
        events = new EventRows(sql);
        rows = new DeliveryRows(sql);
        history = new HistoryRows(sql);
        lists = new DeliveryLists(sql);
    }

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#forgetEvents}. */
    BulkStep<UUID> events(Connection connection, Instant publishedBefore, Optional<UUID> after, int budget)
            throws SQLException {
        sql.dialect().readInOrder(connection);
        List<EventRows.Old> page =
                events.old(connection, after.orElse(FIRST), ListBounds.first(publishedBefore), budget);
        List<UUID> free = page.stream()
                .filter(event -> !event.pending())
                .map(EventRows.Old::key)
                .toList();
        Set<UUID> locked = new HashSet<>();
        if (!free.isEmpty()) {
            locked.addAll(events.lockFree(connection, free));
            locked.removeAll(rows.pending(connection, locked)); // added by somebody who had the lock before
            events.delete(connection, locked);
        }
        return new BulkStep<>(
                locked.size(),
                page.size() < budget
                        ? Optional.empty()
                        : Optional.of(page.get(page.size() - 1).key()));
    }

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#forgetDeliveries}. */
    BulkStep<UUID> deliveries(Connection connection, Instant publishedBefore, Optional<UUID> after, int budget)
            throws SQLException {
        sql.dialect().readInOrder(connection);
        UUID bound = ListBounds.first(publishedBefore);
        List<Place> page = history.old(
                connection,
                after.filter(key -> Place.compareBytes(key, bound) < 0).orElse(bound),
                budget);
        boolean full = page.size() == budget;
        int done = forget(connection, full ? whole(page) : page);
        return new BulkStep<>(done, full ? Optional.of(next(page, done)) : Optional.empty());
    }

    /** Without the last delivery, of which there may be more rows; with it, if there is no other. */
    private static List<Place> whole(List<Place> page) {
        Place last = page.get(page.size() - 1);
        int end = page.indexOf(last);
        return end == 0 ? page : page.subList(0, end);
    }

    /** The last event may have more deliveries: it is read again, unless nothing of it was forgotten. */
    private static UUID next(List<Place> page, int done) {
        UUID last = page.get(page.size() - 1).event();
        UUID before = last;
        for (Place place : page) {
            if (place.event().equals(last)) {
                break;
            }
            before = place.event();
        }
        return before.equals(last) && done > 0 ? ListBounds.next(last) : before;
    }

    /**
     * Forgets deliveries whose events are gone, by their rows. If somebody else has locked one of them, that one is left: so several may
     * do it at once, and none waits.
     */
    private int forget(Connection connection, List<Place> page) throws SQLException {
        Set<UUID> gone = new HashSet<>();
        page.forEach(place -> gone.add(place.event()));
        gone.removeAll(events.there(connection, gone));
        gone.removeAll(rows.pending(connection, gone)); // only if somebody deleted their events by hand
        Map<Place, Integer> old = counted(
                page.stream().filter(place -> gone.contains(place.event())).toList());
        if (old.isEmpty()) {
            return 0;
        }
        List<UUID> keys = old.keySet().stream().map(Place::event).toList();
        Map<Place, Integer> locked =
                counted(history.lockFree(connection, keys.get(keys.size() - 1), keys.get(0), page.size()));
        List<Place> forgotten = old.entrySet().stream()
                .filter(rows -> rows.getValue().equals(locked.get(rows.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        history.delete(connection, forgotten);
        return forgotten.size();
    }

    private static Map<Place, Integer> counted(List<Place> rows) {
        Map<Place, Integer> counts = new LinkedHashMap<>();
        rows.forEach(place -> counts.merge(place, 1, Integer::sum));
        return counts;
    }

    // ---- one event, by hand

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#expunge}. */
    Optional<List<Delivery>> expunge(Connection connection, TenantScope scope, String eventId) throws SQLException {
        Optional<UUID> key = key(connection, scope, eventId);
        if (key.isEmpty()) {
            return Optional.empty();
        }
        events.lock(connection, key.get());
        List<ListedRow> canceled = cancel(connection, key.get());
        history.expunge(connection, key.get());
        events.expunge(connection, key.get());
        return Optional.of(lists.complete(connection, canceled));
    }

    private Optional<UUID> key(Connection connection, TenantScope scope, String eventId) throws SQLException {
        Optional<EventRows.Name> named = events.find(connection, scope.tenant(), eventId);
        if (named.isPresent()) {
            return named.map(EventRows.Name::key);
        }
        Optional<UUID> made = StoredEvent.keyOf(eventId);
        if (made.isEmpty()) {
            return made;
        }
        EventRows.Name found = Objects.requireNonNull(
                events.names(connection, List.of(made.get())).get(made.get()));
        boolean isOf = found.id().isEmpty()
                ? history.isOf(connection, made.get(), scope)
                : found.id().equals(eventId) && scope.includes(found.tenant());
        return isOf ? made : Optional.empty();
    }

    private List<ListedRow> cancel(Connection connection, UUID event) throws SQLException {
        Instant now = sql.dialect().now(connection);
        List<ListedRow> canceled = new ArrayList<>();
        for (int looks = 0; looks < LOOKS; looks++) {
            Map<Claim, Integer> pending = rows.lock(connection, event);
            if (pending.isEmpty()) {
                return canceled;
            }
            EventRows.Name name = Objects.requireNonNull(
                    events.names(connection, List.of(event)).get(event));
            List<HistoryEntry> entries = rows.delete(connection, pending.keySet()).stream()
                    .map(last -> Deliveries.ended(
                            name, last, Objects.requireNonNull(pending.get(last)), DeliveryState.CANCELED))
                    .toList();
            statements.remember(connection, entries);
            entries.forEach(entry -> canceled.add(ListedRow.ended(entry, now)));
        }
        throw new SQLTransactionRollbackException("deliveries of the event are changing", SERIALIZATION_FAILURE);
    }
}
