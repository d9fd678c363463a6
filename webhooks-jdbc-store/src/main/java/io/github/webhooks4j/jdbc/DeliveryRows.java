package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.DeliveryStore.Claim;
import io.github.webhooks4j.store.DeliveryStore.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The hot table, which holds the unfinished deliveries only. The fence is raised by a claim, and again when the claim ends:
 * whoever ended it cannot end it twice. Rows are changed in the order of their keys, so that transactions seldom deadlock.
 */
final class DeliveryRows {
    static final Comparator<Claim> BY_KEY = Comparator.comparing(Claim::event)
            .thenComparing(Claim::webhookId)
            .thenComparing(Claim::fence, Comparator.reverseOrder());

    private final Sql sql;
    private final Batch batch = new Batch();
    private final String lockAny;
    private final String lockExpired;
    private final String release;
    private final String postpone;
    private final String delete;
    private final String find;
    private final String selectFences;

    DeliveryRows(Sql sql) {
        this.sql = sql;
        String matches = " WHERE event_key = ? AND webhook_id = ? AND fence = ?";
        String update = "UPDATE ${prefix}deliveries SET fence = fence + 1, claims = 0, ";
        lockAny = sql.of(sql.dialect().lockAny());
        lockExpired = sql.of(sql.dialect().lockExpired());
        release = sql.of(update + "next_at = ?" + matches);
        postpone = sql.of(update + "next_at = ${fromNow}, attempts = COALESCE(?, attempts)" + matches);
        delete = sql.of("DELETE FROM ${prefix}deliveries" + matches);
        selectFences = sql.of("SELECT event_key, webhook_id, fence FROM ${prefix}deliveries WHERE event_key IN ");
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

    List<Locked> lockExpired(Connection connection, String webhookId, Instant firstDueBefore, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockExpired)) {
            statement.setString(1, webhookId);
            Sql.bind(statement, 2, firstDueBefore);
            sql.fromNow(statement, 3, Duration.ZERO);
            statement.setInt(4, limit);
            return read(statement, webhookId);
        }
    }

    List<Locked> lockAny(Connection connection, String webhookId, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockAny)) {
            statement.setString(1, webhookId);
            statement.setInt(2, limit);
            return read(statement, webhookId);
        }
    }

    /** The claims that stand: their rows are there and have their fence. */
    Set<Claim> standing(Connection connection, Collection<Claim> claims) throws SQLException {
        Set<Claim> standing = new HashSet<>();
        List<UUID> events = claims.stream().map(Claim::event).distinct().toList();
        KeyedRows.select(
                connection,
                selectFences,
                events,
                row -> standing.add(new Claim(row.getObject(1, UUID.class), row.getString(2), row.getInt(3))));
        standing.retainAll(new HashSet<>(claims));
        return standing;
    }

    static List<Locked> read(PreparedStatement statement, String webhookId) throws SQLException {
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

    void release(Connection connection, Map<Claim, Instant> due) throws SQLException {
        List<Map.Entry<Claim, Instant>> ordered =
                due.entrySet().stream().sorted(Map.Entry.comparingByKey(BY_KEY)).toList();
        Batch.execute(connection, release, ordered, (statement, entry) -> {
            Sql.bind(statement, 1, entry.getValue());
            bind(statement, 2, entry.getKey());
        });
    }

    /** Sets the next time of claimed deliveries; returns those whose fence matched. */
    List<Outcome> postpone(Connection connection, List<Outcome> outcomes) throws SQLException {
        return batch.changed(connection, postpone, ordered(outcomes), (statement, outcome) -> {
            sql.fromNow(statement, 1, outcome.delay());
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

    static void bind(PreparedStatement statement, int index, Claim claim) throws SQLException {
        statement.setObject(index, claim.event());
        statement.setString(index + 1, claim.webhookId());
        statement.setInt(index + 2, claim.fence());
    }
}
