package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.jdbc.DeliveryRows.Locked;
import io.github.webhooks4j.store.DeliveryStore.Claim;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import io.github.webhooks4j.store.DeliveryStore.LimitedClaims;
import io.github.webhooks4j.store.DeliveryStore.LimitedRoom;
import io.github.webhooks4j.store.DeliveryStore.NewEvent;
import io.github.webhooks4j.store.DeliveryStore.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to deliveries, each method within one transaction: a delivery leaves the hot table as its last history row is
 * added.
 */
abstract class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcDeliveryStore.class);

    private final EventRows events;
    private final DeliveryRows rows;
    private final HistoryRows history;
    private final RateRows rates;

    Deliveries(Sql sql) {
        events = new EventRows(sql);
        rows = new DeliveryRows(sql);
        history = new HistoryRows(sql);
        rates = new RateRows(sql);
    }

    /** The names of events. */
    EventRows names() {
        return events;
    }

    /** See {@link io.github.webhooks4j.store.DeliveryStore#insert}. */
    abstract Set<UUID> insert(Connection connection, List<NewEvent> added) throws SQLException;

    /** See {@link io.github.webhooks4j.store.DeliveryStore#due}. */
    abstract Map<String, Instant> due(Connection connection, int limit) throws SQLException;

    /** See {@link io.github.webhooks4j.store.DeliveryStore#claim}. */
    abstract List<Claimed> claim(Connection connection, Map<String, Integer> room, Duration lease) throws SQLException;

    /** See {@link io.github.webhooks4j.store.DeliveryStore#claimLimited}. */
    LimitedClaims claimLimited(Connection connection, Map<String, LimitedRoom> room, Duration lease)
            throws SQLException {
        return rates.claim(
                connection, room, allowed -> allowed.isEmpty() ? List.of() : claim(connection, allowed, lease));
    }

    /** The rates of webhooks. */
    RateRows rates() {
        return rates;
    }

    static void warnOfMissing(UUID event, String webhookId) {
        LOG.warn("The event {} of a delivery to webhook {} is missing", event, webhookId);
    }

    Set<Claim> standing(Connection connection, Collection<Claim> claims) throws SQLException {
        return rows.standing(connection, claims);
    }

    Set<Claim> record(Connection connection, List<Outcome> outcomes) throws SQLException {
        Map<Claim, Outcome> distinct = new LinkedHashMap<>();
        outcomes.forEach(outcome -> distinct.putIfAbsent(outcome.claim(), outcome));
        List<Outcome> postponed = new ArrayList<>();
        List<Outcome> ended = new ArrayList<>();
        distinct.values().forEach(each -> (each.state() == DeliveryState.PENDING ? postponed : ended).add(each));
        List<Outcome> recorded = new ArrayList<>(rows.postpone(connection, postponed));
        recorded.addAll(rows.end(connection, ended));
        history.add(connection, recorded.stream().flatMap(HistoryRows.Entry::of).toList());
        return recorded.stream().map(Outcome::claim).collect(Collectors.toSet());
    }

    void release(Connection connection, Map<Claim, Instant> due) throws SQLException {
        rows.release(connection, due);
    }

    List<Delivery> cancel(Connection connection, String webhookId, int limit) throws SQLException {
        return end(connection, webhookId, rows.lockAny(connection, webhookId, limit), DeliveryState.CANCELED);
    }

    List<Delivery> expire(Connection connection, String webhookId, Instant firstDueBefore, int limit)
            throws SQLException {
        List<Locked> locked = rows.lockExpired(connection, webhookId, firstDueBefore, limit);
        return end(connection, webhookId, locked, DeliveryState.EXHAUSTED);
    }

    /** Ends deliveries without an attempt. */
    private List<Delivery> end(Connection connection, String webhookId, List<Locked> locked, DeliveryState state)
            throws SQLException {
        rows.delete(connection, locked);
        List<HistoryRows.Entry> entries = locked.stream()
                .map(row -> new HistoryRows.Entry(row.event(), webhookId, Optional.empty(), state))
                .toList();
        history.add(connection, entries);
        Map<UUID, EventRows.Name> names =
                events.names(connection, locked.stream().map(Locked::event).toList());
        return locked.stream()
                .map(row -> delivery(
                        names.getOrDefault(row.event(), nameless(row.event())),
                        webhookId,
                        state,
                        row.attempts(),
                        Optional.empty()))
                .toList();
    }

    Optional<Delivery> find(Connection connection, Optional<String> tenant, String eventId, String webhookId)
            throws SQLException {
        Optional<EventRows.Name> event = events.find(connection, tenant, eventId);
        if (event.isEmpty()) {
            return Optional.empty();
        }
        UUID key = event.get().key();
        Optional<DeliveryRows.Standing> standing = rows.find(connection, key, webhookId);
        if (standing.isPresent()) {
            return standing.map(row ->
                    delivery(event.get(), webhookId, DeliveryState.PENDING, row.attempts(), Optional.of(row.nextAt())));
        }
        return history.end(connection, key, webhookId)
                .map(end -> delivery(event.get(), webhookId, end.state(), end.attempts(), Optional.empty()));
    }

    List<Attempt> attempts(Connection connection, Optional<String> tenant, String eventId, String webhookId)
            throws SQLException {
        Optional<EventRows.Name> event = events.find(connection, tenant, eventId);
        return event.isPresent() ? history.attempts(connection, event.get().key(), webhookId) : List.of();
    }

    private static Delivery delivery(
            EventRows.Name event, String webhookId, DeliveryState state, int attempts, Optional<Instant> next) {
        return new Delivery(event.id(), event.type(), webhookId, event.tenant(), state, attempts, next);
    }

    /** For a delivery whose event was deleted from outside. */
    private static EventRows.Name nameless(UUID key) {
        return new EventRows.Name(key, Optional.empty(), "", "");
    }
}
