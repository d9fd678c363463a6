package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.DeliveryStore.Claim;
import io.github.webhooks4j.DeliveryStore.NewDelivery;
import io.github.webhooks4j.DeliveryStore.NewEvent;
import io.github.webhooks4j.DeliveryStore.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The hot table, which holds the unfinished deliveries only. The fence is raised by a claim, and again when the claim ends:
 * whoever ended it cannot end it twice. Rows are changed in the order of their keys, so that transactions do not deadlock.
 */
final class DeliveryRows {
    private static final Comparator<Claim> BY_KEY = Comparator.comparing(Claim::event)
            .thenComparing(Claim::webhookId)
            .thenComparing(Claim::fence, Comparator.reverseOrder());

    private final Dialect dialect;
    private final Batch batch = new Batch();
    private final String insert;
    private final String first;
    private final String lockDue;
    private final String lockAny;
    private final String lease;
    private final String release;
    private final String postpone;
    private final String delete;
    private final String find;
    /** Where the next look for due webhooks begins, if the last one did not see all. */
    private volatile String position = "";

    DeliveryRows(Sql sql, Dialect dialect) {
        this.dialect = dialect;
        String matches = " WHERE event_key = ? AND webhook_id = ? AND fence = ?";
        String update = "UPDATE ${prefix}deliveries SET fence = fence + 1, next_at = ?, ";
        insert =
                sql.of("INSERT INTO ${prefix}deliveries (event_key, webhook_id, next_at, first_due_at, fence, attempts,"
                        + " claims) VALUES (?, ?, ?, ?, ?, 0, ?)");
        first = sql.of(dialect.firstDelivery());
        lockDue = sql.of(dialect.lockDue());
        lockAny = sql.of(dialect.lockAny());
        lease = sql.of(update + "claims = claims + 1" + matches);
        release = sql.of(update + "claims = 0" + matches);
        postpone = sql.of(update + "claims = 0, attempts = COALESCE(?, attempts)" + matches);
        delete = sql.of("DELETE FROM ${prefix}deliveries" + matches);
        find = sql.of("SELECT next_at, attempts FROM ${prefix}deliveries WHERE event_key = ? AND webhook_id = ?");
    }

    /** A row that this transaction has locked, as it was before. */
    record Locked(
            UUID event, String webhookId, Instant nextAt, Instant firstDueAt, int fence, int attempts, int claims) {
        Claim claim() {
            return new Claim(event, webhookId, fence);
        }
    }

    /** A row as it stands. */
    record Standing(Instant nextAt, int attempts) {}

    private record Row(UUID event, NewDelivery delivery) {}

    void insert(Connection connection, List<NewEvent> events, Instant now) throws SQLException {
        List<Row> rows = new ArrayList<>();
        for (NewEvent event : events) {
            for (NewDelivery delivery : event.deliveries()) {
                rows.add(new Row(event.event().key(), delivery));
            }
        }
        Batch.execute(connection, insert, rows, (statement, row) -> {
            NewDelivery delivery = row.delivery;
            boolean leased = !delivery.lease().isZero();
            Instant dueAt = delivery.dueAt().orElse(now);
            statement.setObject(1, row.event);
            statement.setString(2, delivery.webhookId());
            Sql.bind(statement, 3, leased ? now.plus(delivery.lease()) : dueAt);
            Sql.bind(statement, 4, dueAt);
            statement.setInt(5, leased ? Claim.FIRST_FENCE : 0);
            statement.setInt(6, leased ? 1 : 0);
        });
    }

    /** One index step a webhook. If there are more than the limit, the next call begins where this one ends. */
    Map<String, Instant> due(Connection connection, int limit) throws SQLException {
        Map<String, Instant> due = new LinkedHashMap<>();
        String start = position;
        String next = start;
        boolean wrapped = start.isEmpty();
        try (PreparedStatement statement = connection.prepareStatement(first)) {
            while (due.size() < limit) {
                statement.setString(1, next);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next() && !due.containsKey(row.getString(1))) {
                        due.put(row.getString(1), Sql.instant(row, 2));
                        next = dialect.positionAfter(row.getString(1));
                    } else if (wrapped) {
                        next = "";
                        break;
                    } else {
                        next = "";
                        wrapped = true;
                    }
                }
            }
        }
        position = next;
        return due;
    }

    List<Locked> lockDue(Connection connection, Map<String, Integer> room, Instant now) throws SQLException {
        List<Locked> locked = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(lockDue)) {
            for (Map.Entry<String, Integer> lane : room.entrySet()) {
                if (lane.getValue() > 0) {
                    statement.setString(1, lane.getKey());
                    Sql.bind(statement, 2, now);
                    statement.setInt(3, lane.getValue());
                    locked.addAll(read(statement, lane.getKey()));
                }
            }
        }
        return locked;
    }

    List<Locked> lockAny(Connection connection, String webhookId, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockAny)) {
            statement.setString(1, webhookId);
            statement.setInt(2, limit);
            return read(statement, webhookId);
        }
    }

    private static List<Locked> read(PreparedStatement statement, String webhookId) throws SQLException {
        List<Locked> locked = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                locked.add(new Locked(
                        row.getObject(1, UUID.class),
                        webhookId,
                        Sql.instant(row, 2),
                        Sql.instant(row, 3),
                        row.getInt(4),
                        row.getInt(5),
                        row.getInt(6)));
            }
        }
        locked.sort(Comparator.comparing(Locked::nextAt).thenComparing(Locked::event));
        return locked;
    }

    /** Leases rows that were locked; returns those that still were as they were. */
    Set<Locked> lease(Connection connection, List<Locked> locked, Instant until) throws SQLException {
        List<Locked> ordered = locked.stream()
                .sorted(Comparator.comparing(Locked::claim, BY_KEY))
                .toList();
        return new HashSet<>(batch.changed(connection, lease, ordered, (statement, row) -> {
            Sql.bind(statement, 1, until);
            bind(statement, 2, row.claim());
        }));
    }

    void release(Connection connection, Map<Claim, Instant> due) throws SQLException {
        List<Map.Entry<Claim, Instant>> ordered =
                due.entrySet().stream().sorted(Map.Entry.comparingByKey(BY_KEY)).toList();
        Batch.execute(connection, release, ordered, (statement, entry) -> {
            Sql.bind(statement, 1, entry.getValue());
            bind(statement, 2, entry.getKey());
        });
    }

    /** Sets the next time of claimed deliveries; returns those whose fence matched. */
    List<Outcome> postpone(Connection connection, List<Outcome> outcomes, Instant now) throws SQLException {
        return batch.changed(connection, postpone, ordered(outcomes), (statement, outcome) -> {
            Sql.bind(statement, 1, now.plus(outcome.delay()));
            if (outcome.attempt().isPresent()) {
                statement.setInt(2, outcome.attempt().get().number());
            } else {
                statement.setNull(2, Types.INTEGER);
            }
            bind(statement, 3, outcome.claim());
        });
    }

    /** Takes claimed deliveries out; returns those whose fence matched. */
    List<Outcome> end(Connection connection, List<Outcome> outcomes) throws SQLException {
        return batch.changed(
                connection, delete, ordered(outcomes), (statement, outcome) -> bind(statement, 1, outcome.claim()));
    }

    /** Takes rows out that this transaction has locked. */
    void delete(Connection connection, List<Locked> locked) throws SQLException {
        List<Claim> ordered = locked.stream().map(Locked::claim).sorted(BY_KEY).toList();
        Batch.execute(connection, delete, ordered, (statement, claim) -> bind(statement, 1, claim));
    }

    Optional<Standing> find(Connection connection, UUID event, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setObject(1, event);
            statement.setString(2, webhookId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Standing(Sql.instant(row, 1), row.getInt(2))) : Optional.empty();
            }
        }
    }

    private static List<Outcome> ordered(List<Outcome> outcomes) {
        return outcomes.stream()
                .sorted(Comparator.comparing(Outcome::claim, BY_KEY))
                .toList();
    }

    private static void bind(PreparedStatement statement, int index, Claim claim) throws SQLException {
        statement.setObject(index, claim.event());
        statement.setString(index + 1, claim.webhookId());
        statement.setInt(index + 2, claim.fence());
    }
}
