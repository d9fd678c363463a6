package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Replay;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The table of events, as far as their names go: each is written once, never changed, and forgotten in the end. */
final class EventRows {
    private final Sql sql;
    private final String find;
    private final String select;
    private final String there;
    private final String sendable;
    private final String page;
    private final String markTest;
    private final String old;
    private final String delete;
    private final String lock;
    private final String expunge;

    EventRows(Sql sql) {
        this.sql = sql;
        String columns = "SELECT event_key, tenant, id, type, created_at, is_test FROM ${prefix}events WHERE ";
        find = sql.of(columns + "tenant = ? AND id = ?");
        select = sql.of(columns + "event_key IN ");
        there = sql.of("SELECT event_key FROM ${prefix}events ${use PRIMARY} WHERE event_key IN ");
        sendable = sql.of("SELECT event_key FROM ${prefix}events WHERE expunged_at IS NULL AND event_key IN ");
        old = sql.of(
                "SELECT event_key, (SELECT 1 FROM ${prefix}deliveries d ${use PRIMARY}"
                        + " WHERE d.event_key = e.event_key LIMIT 1)"
                        + " FROM ${prefix}events e ${use PRIMARY} WHERE event_key > ? AND event_key < ? ORDER BY event_key LIMIT ?");
        delete = sql.of("DELETE FROM ${prefix}events WHERE event_key = ?");
        lock = sql.of("${boundedWait}SELECT 1 FROM ${prefix}events WHERE event_key = ? FOR UPDATE");
        expunge = sql.of("UPDATE ${prefix}events SET " + sql.dialect().emptyData() + ", headers = '"
                + TextMap.write(Map.of()) + "', trace_context = NULL, expunged_at = COALESCE(expunged_at, ${fromNow})"
                + " WHERE event_key = ?");
        page = sql.of(columns + "event_key > ? AND event_key < ? ORDER BY event_key LIMIT ?");
        markTest = sql.of("UPDATE ${prefix}events SET is_test = TRUE, webhooks = 1 WHERE event_key = ?");
    }

    /** What names an event, when it was stored, and whether it is one of a test call. */
    record Name(UUID key, Optional<String> tenant, String id, String type, Instant storedAt, boolean test) {}

    /** Marks an event that this transaction has stored for nobody: it is one of a test call, and went to one webhook. */
    void markTest(Connection connection, UUID key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(markTest)) {
            sql.bind(statement, 1, key);
            statement.executeUpdate();
        }
    }

    Optional<Name> find(Connection connection, Optional<String> tenant, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, tenant.orElse(""));
            statement.setString(2, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(name(row)) : Optional.empty();
            }
        }
    }

    /**
     * Which of these events can be sent: they are there, and so is their content.
     *
     * @param locked whether nobody is to delete them before this transaction has ended
     */
    Set<UUID> keep(Connection connection, Collection<UUID> keys, boolean locked) throws SQLException {
        Set<UUID> kept = new HashSet<>();
        KeyedRows.select(
                connection,
                sendable,
                sql.keys(keys.stream()),
                locked ? sql.dialect().keepUntilCommit() : "",
                row -> kept.add(sql.key(row, 1)));
        return kept;
    }

    /** The next events that a replay is about, whatever their tenant and type, the oldest first; those of test calls, too. */
    List<Name> page(Connection connection, Replay replay, int limit) throws SQLException {
        List<Name> read = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(page)) {
            sql.bind(statement, 1, replay.after().orElseGet(() -> ListBounds.first(replay.since())));
            sql.bind(statement, 2, ListBounds.first(replay.before()));
            statement.setInt(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    read.add(name(row));
                }
            }
        }
        return read;
    }

    /** The names of the events with these keys; of one that was deleted from outside, nothing but its key. */
    Map<UUID, Name> names(Connection connection, Collection<UUID> keys) throws SQLException {
        Map<UUID, Name> found = new HashMap<>();
        keys.forEach(key -> found.put(key, new Name(key, Optional.empty(), "", "", Instant.EPOCH, false)));
        KeyedRows.select(connection, select, sql.keys(keys.stream()), row -> found.put(sql.key(row, 1), name(row)));
        return found;
    }

    // ---- forgetting

    /** An event that is old, and whether it has a pending delivery. */
    record Old(UUID key, boolean pending) {}

    /** The next events after a key and below another, the oldest first. */
    List<Old> old(Connection connection, UUID after, UUID below, int limit) throws SQLException {
        List<Old> read = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(old)) {
            sql.bind(statement, 1, after);
            sql.bind(statement, 2, below);
            statement.setInt(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    read.add(new Old(sql.key(row, 1), row.getInt(2) == 1));
                }
            }
        }
        return read;
    }

    /** Which of these events are there, with their content or without. */
    Set<UUID> there(Connection connection, Collection<UUID> keys) throws SQLException {
        return select(connection, keys, "");
    }

    /** Locks those of these events that nobody else has locked; returns them. */
    Set<UUID> lockFree(Connection connection, Collection<UUID> keys) throws SQLException {
        return select(connection, keys, " FOR UPDATE SKIP LOCKED");
    }

    private Set<UUID> select(Connection connection, Collection<UUID> keys, String more) throws SQLException {
        Set<UUID> found = new HashSet<>();
        KeyedRows.select(connection, there, sql.keys(keys.stream()), more, row -> found.add(sql.key(row, 1)));
        return found;
    }

    void delete(Connection connection, Collection<UUID> keys) throws SQLException {
        Batch.execute(connection, delete, List.copyOf(keys), (statement, key) -> sql.bind(statement, 1, key));
    }

    /** Keeps others from deleting an event or adding deliveries of it; nothing, if it is not there. */
    void lock(Connection connection, UUID key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            sql.bind(statement, 1, key);
            statement.executeQuery().close();
        }
    }

    /** Forgets the content of an event. */
    void expunge(Connection connection, UUID key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(expunge)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            sql.bind(statement, 2, key);
            statement.executeUpdate();
        }
    }

    private Name name(ResultSet row) throws SQLException {
        return new Name(
                sql.key(row, 1),
                Sql.tenant(row.getString(2)),
                row.getString(3),
                row.getString(4),
                sql.instant(row, 5),
                row.getBoolean(6));
    }
}
