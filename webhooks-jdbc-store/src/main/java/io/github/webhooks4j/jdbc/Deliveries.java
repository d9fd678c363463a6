package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Recovery;
import io.github.webhooks4j.store.Replay;
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
    /** How often an action looks again when somebody else changes the delivery at the same moment. */
    private static final int LOOKS = 5;

    private final Sql sql;
    private final Statements statements;
    private final EventRows events;
    private final DeliveryRows rows;
    private final HistoryRows history;
    private final DeliveryLists lists;

    Deliveries(Sql sql, Statements statements) {
        this.sql = sql;
        this.statements = statements;
        events = new EventRows(sql);
        rows = new DeliveryRows(sql);
        history = new HistoryRows(sql);
        lists = new DeliveryLists(sql);
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
        Map<Claim, HistoryEntry> meant = new LinkedHashMap<>();
        Instant now = sql.dialect().now(connection);
        for (Statements.Candidate row : unstored) {
            EventRows.Name event = Objects.requireNonNull(names.get(row.claim().event()));
            if (sweep.storedBefore().map(event.storedAt()::isBefore).orElse(true)) {
                meant.put(row.claim(), ended(event, row.claim(), row.attempts(), sweep.as()));
            }
        }
        Set<Claim> ended = rows.delete(connection, meant.keySet());
        int matched = meant.size();
        meant.keySet().retainAll(ended);
        statements.remember(connection, List.copyOf(meant.values()));
        List<ListedRow> swept = meant.values().stream()
                .map(entry -> ListedRow.ended(entry, now))
                .toList();
        return new Swept(lists.complete(connection, swept), matched, next(page, budget));
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

    /** See {@link io.github.webhooks4j.store.DeliveryQueue#redeliver}. */
    Redelivery redeliver(Connection connection, DeliveryId id) throws SQLException {
        Optional<Place> place = lists.place(connection, id);
        if (place.isEmpty()) {
            return Redelivery.NOT_FOUND;
        }
        Optional<Redelivery> done = Optional.empty();
        for (int looks = 0; done.isEmpty() && looks < LOOKS; looks++) {
            done = redeliver(connection, place.get());
        }
        return done.orElse(Redelivery.UNDER_WAY);
    }

    /** Empty if somebody else was first. */
    private Optional<Redelivery> redeliver(Connection connection, Place place) throws SQLException {
        Optional<DeliveryRows.Standing> pending = rows.find(connection, place);
        if (pending.isPresent()) {
            Claim last =
                    new Claim(place.event(), place.webhookId(), pending.get().fence());
            return pending.get().leased()
                    ? Optional.of(Redelivery.UNDER_WAY)
                    : rows.hasten(connection, last) ? Optional.of(Redelivery.DUE) : Optional.empty();
        }
        Optional<HistoryRows.Standing> ended = history.standing(connection, place);
        if (ended.isEmpty()) {
            return Optional.empty();
        }
        if (ended.get().test()) {
            return Optional.of(Redelivery.TEST);
        }
        if (events.keep(connection, List.of(place.event()), true).isEmpty()) {
            return Optional.of(Redelivery.EVENT_GONE);
        }
        List<DeliveryRows.Revival> revived =
                history.revive(connection, List.of(DeliveryRows.Revival.first(place, ended.get())));
        rows.revive(connection, revived);
        return revived.isEmpty() ? Optional.empty() : Optional.of(Redelivery.DUE);
    }

    /** See {@link io.github.webhooks4j.store.DeliveryQueue#recover}. */
    BulkStep<Place> recover(Connection connection, Recovery recovery, int limit, int budget) throws SQLException {
        DeliveryLists.Part part = lists.read(connection, recovery.filter(), recovery.after(), limit, budget);
        List<ListedRow> meant = part.rows().stream()
                .filter(row -> !row.at().isAfter(recovery.endedBy()))
                .filter(row -> row.event().filter(ListedRow.Event::test).isEmpty())
                .toList();
        Set<UUID> kept = events.keep(
                connection, meant.stream().map(row -> row.place().event()).toList(), !recovery.dry());
        List<DeliveryRows.Revival> revivals = new ArrayList<>();
        for (ListedRow row : meant) {
            if (kept.contains(row.place().event())) {
                Instant nextAt = recovery.dueFrom().plus(recovery.apart().multipliedBy(revivals.size()));
                DeliveryState state = row.state().orElseThrow();
                revivals.add(new DeliveryRows.Revival(row.place(), row.fence(), row.attempts(), state, nextAt));
            }
        }
        if (recovery.dry()) {
            return new BulkStep<>(revivals.size(), part.next());
        }
        List<DeliveryRows.Revival> revived = history.revive(connection, revivals);
        rows.revive(connection, revived);
        return new BulkStep<>(revived.size(), part.next());
    }

    /** See {@link io.github.webhooks4j.store.DeliveryQueue#replay}. */
    BulkStep<UUID> replay(Connection connection, Replay replay, int budget) throws SQLException {
        List<EventRows.Name> read = events.page(connection, replay, budget);
        List<UUID> matching = read.stream()
                .filter(event -> !event.test()
                        && event.tenant().equals(replay.tenant())
                        && replay.types().test(event.type()))
                .map(EventRows.Name::key)
                .toList();
        Optional<UUID> next = read.size() < budget
                ? Optional.empty()
                : Optional.of(read.get(read.size() - 1).key());
        List<UUID> missing = new ArrayList<>(matching);
        missing.removeAll(history.known(connection, matching, replay.webhookId()));
        missing.removeAll(rows.pending(connection, matching, replay.webhookId()));
        missing.retainAll(events.keep(connection, missing, !replay.dry()));
        if (replay.dry()) {
            return new BulkStep<>(missing.size(), next);
        }
        return new BulkStep<>(add(connection, replay, missing), next);
    }

    private int add(Connection connection, Replay replay, List<UUID> missing) throws SQLException {
        Map<UUID, Instant> due = new LinkedHashMap<>();
        for (UUID event : missing) {
            due.put(event, replay.dueFrom().plus(replay.apart().multipliedBy(due.size())));
        }
        return rows.add(connection, replay.webhookId(), due);
    }

    /** See {@link io.github.webhooks4j.store.DeliveryQueue#cancel}. */
    Cancellation cancel(Connection connection, DeliveryId id) throws SQLException {
        Optional<Place> place = lists.place(connection, id);
        if (place.isEmpty()) {
            return Cancellation.NOT_FOUND;
        }
        for (int looks = 0; looks < LOOKS; looks++) {
            Optional<DeliveryRows.Standing> pending = rows.find(connection, place.get());
            if (pending.isEmpty()) {
                return Cancellation.ALREADY_ENDED;
            }
            Claim last = new Claim(
                    place.get().event(), place.get().webhookId(), pending.get().fence());
            if (rows.delete(connection, Set.of(last)).contains(last)) {
                EventRows.Name event = Objects.requireNonNull(
                        events.names(connection, List.of(last.event())).get(last.event()));
                int attempts = pending.get().attempts();
                statements.remember(connection, List.of(ended(event, last, attempts, DeliveryState.CANCELED)));
                return pending.get().leased() ? Cancellation.CANCELED_UNDER_WAY : Cancellation.CANCELED;
            }
        }
        return Cancellation.ALREADY_ENDED;
    }

    /** The end of a delivery without an attempt; {@code attempts} as the column has it. */
    static HistoryEntry ended(EventRows.Name event, Claim last, int attempts, DeliveryState as) {
        DeliveryState standing = DeliveryRows.former(attempts).orElse(as);
        return HistoryEntry.ended(
                last,
                DeliveryRows.attempts(attempts),
                new HistoryEntry.End(as, standing, event.tenant(), event.id(), event.type(), false));
    }

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#addTest}. */
    void addTest(Connection connection, Outcome test) throws SQLException {
        NewEvent event = new NewEvent(test.claimed().event(), List.of());
        if (!statements.insert(connection, List.of(event)).isEmpty()) {
            events.markTest(connection, test.claim().event());
            statements.remember(connection, HistoryEntry.ofTest(test).toList());
        }
    }

    Optional<Delivery> find(Connection connection, DeliveryId id) throws SQLException {
        return lists.find(connection, id);
    }

    List<AttemptDetails> attempts(Connection connection, DeliveryId id) throws SQLException {
        Optional<Place> place = lists.place(connection, id);
        return place.isPresent() ? history.attempts(connection, place.get()) : List.of();
    }

    DeliveryPage list(Connection connection, DeliveryFilter filter, Optional<Place> after, int limit, int budget)
            throws SQLException {
        return lists.list(connection, filter, after, limit, budget);
    }
}
