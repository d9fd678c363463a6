package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
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

    /** What a recorded start adds to the column {@code claims}, so that the table needs no further one; a claim adds one. */
    private static final int START = 1000;

    private final Sql sql;
    private final Batch batch = new Batch();
    private final String release;
    private final String defer;
    private final String start;
    private final String postpone;
    private final String delete;
    private final String find;
    private final String selectFences;

    DeliveryRows(Sql sql) {
        this.sql = sql;
        String matches = " WHERE event_key = ? AND webhook_id = ? AND fence = ?";
        String update = "UPDATE ${prefix}deliveries SET fence = fence + 1, claims = 0, ";
        release = sql.of(update + "next_at = ?" + matches);
        defer = sql.of("UPDATE ${prefix}deliveries SET fence = fence + 1, claims = claims - 1, next_at = ${fromNow}"
                + matches);
        start = sql.of(
                "UPDATE ${prefix}deliveries SET claims = claims + " + START + ", next_at = ${fromNow}" + matches);
        postpone = sql.of(update + "next_at = ${fromNow}, attempts = COALESCE(?, attempts)" + matches);
        delete = sql.of("DELETE FROM ${prefix}deliveries" + matches);
        selectFences = sql.of("SELECT event_key, webhook_id, fence FROM ${prefix}deliveries WHERE event_key IN ");
        find = sql.of("SELECT next_at, attempts FROM ${prefix}deliveries WHERE event_key = ? AND webhook_id = ?");
    }

    /** A row as it stands. */
    record Standing(Instant nextAt, int attempts) {}

    /** The claims that stand: their rows are there and have their fence. */
    Set<Claim> standing(Connection connection, Collection<Claim> claims) throws SQLException {
        Set<Claim> standing = new HashSet<>();
        KeyedRows.select(
                connection,
                selectFences,
                sql.keys(claims.stream().map(Claim::event)),
                row -> standing.add(new Claim(sql.key(row, 1), row.getString(2), row.getInt(3))));
        standing.retainAll(new HashSet<>(claims));
        return standing;
    }

    void release(Connection connection, Map<Claim, Instant> due) throws SQLException {
        List<Map.Entry<Claim, Instant>> ordered =
                due.entrySet().stream().sorted(Map.Entry.comparingByKey(BY_KEY)).toList();
        Batch.execute(connection, release, ordered, (statement, entry) -> {
            sql.bind(statement, 1, entry.getValue());
            sql.bind(statement, 2, entry.getKey());
        });
    }

    void defer(Connection connection, Map<Claim, Duration> delays) throws SQLException {
        List<Map.Entry<Claim, Duration>> ordered = delays.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(BY_KEY))
                .toList();
        Batch.execute(connection, defer, ordered, (statement, entry) -> {
            sql.fromNow(statement, 1, entry.getValue());
            sql.bind(statement, 2, entry.getKey());
        });
    }

    /** Whether the fence matched. */
    boolean start(Connection connection, Claim claim, Duration lease) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(start)) {
            sql.fromNow(statement, 1, lease);
            sql.bind(statement, 2, claim);
            return statement.executeUpdate() == 1;
        }
    }

    /** How many claims in a row the column {@code claims} stands for. */
    static int claims(int column) {
        return column % START;
    }

    /** How many recorded starts it stands for. */
    static int starts(int column) {
        return column / START;
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
            sql.bind(statement, 3, outcome.claim());
        });
    }

    /** Takes claimed deliveries out; returns those whose fence matched. */
    List<Outcome> end(Connection connection, List<Outcome> outcomes) throws SQLException {
        return batch.changed(
                connection, delete, ordered(outcomes), (statement, outcome) -> sql.bind(statement, 1, outcome.claim()));
    }

    /** Takes rows out that still have these fences; returns which had. */
    Set<Claim> delete(Connection connection, Collection<Claim> fences) throws SQLException {
        List<Claim> ordered = fences.stream().sorted(BY_KEY).toList();
        return new HashSet<>(
                batch.changed(connection, delete, ordered, (statement, claim) -> sql.bind(statement, 1, claim)));
    }

    Optional<Standing> find(Connection connection, UUID event, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            sql.bind(statement, 1, event);
            statement.setString(2, webhookId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Standing(sql.instant(row, 1), row.getInt(2))) : Optional.empty();
            }
        }
    }

    private static List<Outcome> ordered(List<Outcome> outcomes) {
        return outcomes.stream()
                .sorted(Comparator.comparing(Outcome::claim, BY_KEY))
                .toList();
    }
}
