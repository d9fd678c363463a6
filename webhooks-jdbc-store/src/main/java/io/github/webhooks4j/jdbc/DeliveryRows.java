package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
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
 * whoever ended it cannot end it twice. Rows are changed in the order of their keys, so that transactions seldom deadlock.
 */
final class DeliveryRows {
    static final Comparator<Claim> BY_KEY = Comparator.comparing(Claim::event)
            .thenComparing(Claim::webhookId)
            .thenComparing(Claim::fence, Comparator.reverseOrder());

    /** What a recorded start adds to the column {@code claims}, so that the table needs no further one; a claim adds one. */
    private static final int START = 1000;

    /**
     * What the column {@code attempts} of a delivery that was redelivered has more, for each state that it may have had before: so that
     * the table needs no further column.
     */
    private static final int FORMER = 1_000_000;

    /** When something redelivered is due: before all that was published. */
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");

    private final Sql sql;
    private final Batch batch = new Batch();
    private final String release;
    private final String defer;
    private final String start;
    private final String postpone;
    private final String delete;
    private final String find;
    private final String hasten;
    private final String revive;
    private final String add;
    private final String selectFences;
    private final String selectEvents;
    private final String lock;

    DeliveryRows(Sql sql) {
        this.sql = sql;
        String matches = " WHERE event_key = ? AND webhook_id = ? AND fence = ?";
        String update = "UPDATE ${prefix}deliveries SET fence = fence + 1, claims = 0, ";
        release = sql.of(update + "next_at = ?" + matches);
        defer = sql.of("UPDATE ${prefix}deliveries SET fence = fence + 1, claims = claims - 1, next_at = ${fromNow}"
                + matches);
        start = sql.of(
                "UPDATE ${prefix}deliveries SET claims = claims + " + START + ", next_at = ${fromNow}" + matches);
        postpone = sql.of(update + "next_at = ${fromNow}, attempts = ?" + matches);
        delete = sql.of("DELETE FROM ${prefix}deliveries" + matches);
        selectFences = sql.of("SELECT event_key, webhook_id, fence FROM ${prefix}deliveries WHERE event_key IN ");
        selectEvents = sql.of("SELECT DISTINCT event_key FROM ${prefix}deliveries ${use PRIMARY} WHERE event_key IN ");
        lock = sql.of("${boundedWait}SELECT webhook_id, fence, attempts FROM ${prefix}deliveries WHERE event_key = ?"
                + " ORDER BY ${equal event_key} webhook_id FOR UPDATE");
        String pair = " WHERE event_key = ? AND webhook_id = ?";
        find = sql.of("SELECT fence, attempts, CASE WHEN claims > 0 AND next_at > ${fromNow} THEN 1 ELSE 0 END"
                + " FROM ${prefix}deliveries" + pair);
        hasten = sql.of("UPDATE ${prefix}deliveries SET fence = fence + 1, next_at = LEAST(next_at, ${fromNow})"
                + matches + " AND (claims = 0 OR next_at <= ${fromNow})");
        revive =
                sql.of("INSERT INTO ${prefix}deliveries (event_key, webhook_id, next_at, first_due_at, fence, attempts,"
                        + " claims) VALUES (?, ?, ?, ${fromNow}, ?, ?, 0)");
        add = sql.of(sql.dialect()
                .insertNew(
                        "INSERT INTO ${prefix}deliveries (event_key, webhook_id, next_at, first_due_at, fence, attempts,"
                                + " claims) VALUES (?, ?, ?, ?, 0, 0, 0)"));
    }

    /** A row as it stands; {@code attempts} as the column has it. */
    record Standing(int fence, int attempts, boolean leased) {}

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

    /** How many attempts the column {@code attempts} stands for. */
    static int attempts(int column) {
        return column % FORMER;
    }

    /** How a delivery had ended before it was redelivered; empty if it was not. */
    static Optional<DeliveryState> former(int column) {
        return States.of(column / FORMER);
    }

    private static int column(int attempts, Optional<DeliveryState> former) {
        return attempts + FORMER * former.flatMap(States::code).orElse(0);
    }

    /** Sets the next time of claimed deliveries; returns those whose fence matched. */
    List<Outcome> postpone(Connection connection, List<Outcome> outcomes) throws SQLException {
        return batch.changed(connection, postpone, ordered(outcomes), (statement, outcome) -> {
            sql.fromNow(statement, 1, outcome.delay());
            statement.setInt(2, column(outcome.counted(), outcome.claimed().former()));
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

    Optional<Standing> find(Connection connection, Place delivery) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            sql.bind(statement, 2, delivery.event());
            statement.setString(3, delivery.webhookId());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Standing(row.getInt(1), row.getInt(2), row.getInt(3) == 1))
                        : Optional.empty();
            }
        }
    }

    /** Makes a delivery due now, unless it is due already, if nobody has it and its fence matches. */
    boolean hasten(Connection connection, Claim claim) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(hasten)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            sql.bind(statement, 2, claim);
            sql.fromNow(statement, 5, Duration.ZERO);
            return statement.executeUpdate() == 1;
        }
    }

    /** Puts back deliveries that had ended. */
    void revive(Connection connection, List<Revival> revivals) throws SQLException {
        Batch.execute(connection, revive, revivals, (statement, revival) -> {
            sql.bind(statement, 1, revival.delivery.event());
            statement.setString(2, revival.delivery.webhookId());
            sql.bind(statement, 3, revival.nextAt);
            sql.fromNow(statement, 4, Duration.ZERO);
            statement.setInt(5, Math.abs(revival.fence) + 1);
            statement.setInt(6, column(revival.attempts, Optional.of(revival.former)));
        });
    }

    /** Adds deliveries to a webhook, each due at an instant; returns how many were not there yet. */
    int add(Connection connection, String webhookId, Map<UUID, Instant> due) throws SQLException {
        List<Map.Entry<UUID, Instant>> entries = List.copyOf(due.entrySet());
        return batch.changed(connection, add, entries, (statement, entry) -> {
                    sql.bind(statement, 1, entry.getKey());
                    statement.setString(2, webhookId);
                    sql.bind(statement, 3, entry.getValue());
                    sql.bind(statement, 4, entry.getValue());
                })
                .size();
    }

    /**
     * A delivery that had ended and is to be attempted again.
     *
     * @param fence as the history has it
     * @param attempts how many were made
     * @param former how it had ended
     */
    record Revival(Place delivery, int fence, int attempts, DeliveryState former, Instant nextAt) {
        /** One that is to be attempted before everything else of its webhook. */
        static Revival first(Place delivery, HistoryRows.Standing ended) {
            return new Revival(delivery, ended.fence(), ended.attempts(), ended.state(), FIRST);
        }
    }

    /** Which of these events have an unfinished delivery to this webhook. */
    Set<UUID> pending(Connection connection, Collection<UUID> events, String webhookId) throws SQLException {
        Set<UUID> pending = new HashSet<>();
        KeyedRows.select(connection, selectFences, sql.keys(events.stream()), row -> {
            if (row.getString(2).equals(webhookId)) {
                pending.add(sql.key(row, 1));
            }
        });
        return pending;
    }

    /** Which of these events have unfinished deliveries. */
    Set<UUID> pending(Connection connection, Collection<UUID> events) throws SQLException {
        Set<UUID> pending = new HashSet<>();
        KeyedRows.select(connection, selectEvents, sql.keys(events.stream()), row -> pending.add(sql.key(row, 1)));
        return pending;
    }

    /** Locks the unfinished deliveries of an event; each with what the column {@code attempts} has. */
    Map<Claim, Integer> lock(Connection connection, UUID event) throws SQLException {
        Map<Claim, Integer> locked = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            sql.bind(statement, 1, event);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    locked.put(new Claim(event, row.getString(1), row.getInt(2)), row.getInt(3));
                }
            }
        }
        return locked;
    }

    private static List<Outcome> ordered(List<Outcome> outcomes) {
        return outcomes.stream()
                .sorted(Comparator.comparing(Outcome::claim, BY_KEY))
                .toList();
    }
}
