package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How deliveries end, and what is known of them, each method within one transaction: a delivery leaves the hot table as its last
 * history row is added.
 */
final class Deliveries {
    private final Statements statements;
    private final EventRows events;
    private final DeliveryRows rows;
    private final HistoryRows history;

    Deliveries(Sql sql, Statements statements) {
        this.statements = statements;
        events = new EventRows(sql);
        rows = new DeliveryRows(sql);
        history = new HistoryRows(sql);
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
        statements.remember(
                connection, recorded.stream().flatMap(HistoryEntry::of).toList());
        List<NewEvent> added =
                recorded.stream().flatMap(outcome -> outcome.events().stream()).toList();
        if (!added.isEmpty()) {
            statements.insert(connection, added);
        }
        Set<Claim> taken = recorded.stream().map(Outcome::claim).collect(Collectors.toSet());
        Set<Claim> others = new HashSet<>(distinct.keySet());
        others.removeAll(taken);
        if (!others.isEmpty()) {
            taken.addAll(history.recorded(connection, others)); // by a call that failed, though its commit took effect
        }
        return taken;
    }

    void release(Connection connection, Map<Claim, Instant> due) throws SQLException {
        rows.release(connection, due);
    }

    void defer(Connection connection, Map<Claim, Duration> delays) throws SQLException {
        rows.defer(connection, delays);
    }

    boolean start(Connection connection, Claim claim, Duration lease) throws SQLException {
        return rows.start(connection, claim, lease);
    }

    /** One step of a sweep: a plain look at a page, then what the fences that it saw still fit is ended. */
    Swept sweep(Connection connection, Sweep sweep, int budget) throws SQLException {
        List<Statements.Candidate> page = statements.page(connection, sweep.webhookId(), sweep.after(), budget);
        List<Statements.Candidate> unstored =
                page.stream().filter(row -> isMeant(row, sweep)).toList();
        Map<UUID, EventRows.Name> names = events.names(
                connection, unstored.stream().map(row -> row.claim().event()).toList());
        Map<Claim, Delivery> meant = new LinkedHashMap<>();
        for (Statements.Candidate row : unstored) {
            EventRows.Name event = Objects.requireNonNull(names.get(row.claim().event()));
            if (sweep.storedBefore().map(event.storedAt()::isBefore).orElse(true)) {
                meant.put(
                        row.claim(), delivery(event, sweep.webhookId(), sweep.as(), row.attempts(), Optional.empty()));
            }
        }
        Set<Claim> ended = rows.delete(connection, meant.keySet());
        int matched = meant.size();
        meant.keySet().retainAll(ended);
        statements.remember(
                connection,
                meant.keySet().stream()
                        .map(claim -> HistoryEntry.end(claim.event(), claim.webhookId(), sweep.as()))
                        .toList());
        return new Swept(List.copyOf(meant.values()), matched, next(page, budget));
    }

    private static boolean isMeant(Statements.Candidate row, Sweep sweep) {
        return (sweep.as() == DeliveryState.CANCELED || !row.leased())
                && sweep.firstDueBefore().map(row.firstDueAt()::isBefore).orElse(true);
    }

    private static Optional<Sweep.Place> next(List<Statements.Candidate> page, int budget) {
        if (page.size() < budget) {
            return Optional.empty();
        }
        Statements.Candidate last = page.get(page.size() - 1);
        return Optional.of(new Sweep.Place(last.nextAt(), last.claim().event()));
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
}
