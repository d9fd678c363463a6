package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.DeliveryStore.StoredEvent;
import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The table of events: each is written once and never changed. */
final class EventRows {
    /** As declared in the schema files. */
    private static final int MAX_DATA = 1_000_000;

    private static final int MAX_KEYS = 64;

    private final Dialect dialect;
    private final String insert;
    private final String find;
    private final String select;
    private final String selectNames;

    EventRows(Sql sql, Dialect dialect) {
        this.dialect = dialect;
        insert = sql.of("INSERT INTO ${prefix}events (event_key, tenant, id, type, occurred_at, content_type, is_json,"
                + " data, large_data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        find = sql.of("SELECT event_key, tenant, id, type FROM ${prefix}events WHERE tenant = ? AND id = ?");
        select = sql.of("SELECT event_key, tenant, id, type, occurred_at, content_type, is_json, data, large_data"
                + " FROM ${prefix}events WHERE event_key IN ");
        selectNames = sql.of("SELECT event_key, tenant, id, type FROM ${prefix}events WHERE event_key IN ");
    }

    /** What names an event. */
    record Name(UUID key, Optional<String> tenant, String id, String type) {}

    /** Inserts events, the first thing in a transaction, and returns those whose ids were free. */
    List<StoredEvent> insert(Connection connection, List<StoredEvent> events, Instant now) throws SQLException {
        try {
            Batch.execute(connection, insert, events, (statement, event) -> bind(statement, event, now));
            return events;
        } catch (SQLException e) {
            if (!dialect.isDuplicate(e)) {
                throw e;
            }
            connection.rollback();
            return insertSingly(connection, events, now);
        }
    }

    private List<StoredEvent> insertSingly(Connection connection, List<StoredEvent> events, Instant now)
            throws SQLException {
        List<StoredEvent> stored = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (StoredEvent event : events) {
                Savepoint before = connection.setSavepoint();
                try {
                    bind(statement, event, now);
                    statement.executeUpdate();
                    stored.add(event);
                    connection.releaseSavepoint(before);
                } catch (SQLException e) {
                    if (!dialect.isDuplicate(e)) {
                        throw e;
                    }
                    connection.rollback(before);
                    if (find(connection, event.tenant(), event.id()).isEmpty()) {
                        throw e; // another event has its key: it would be lost if it were taken for a duplicate
                    }
                }
            }
        }
        return stored;
    }

    private static void bind(PreparedStatement statement, StoredEvent event, Instant now) throws SQLException {
        boolean large = event.data().length > MAX_DATA;
        statement.setObject(1, event.key());
        statement.setString(2, event.tenant().orElse(""));
        statement.setString(3, event.id());
        statement.setString(4, event.type());
        Sql.bind(statement, 5, event.timestamp());
        statement.setString(6, event.contentType());
        statement.setBoolean(7, event.json());
        if (large) {
            statement.setNull(8, Types.VARBINARY);
            statement.setBinaryStream(9, new ByteArrayInputStream(event.data()), event.data().length);
        } else {
            statement.setBytes(8, event.data());
            statement.setNull(9, Types.BLOB);
        }
        Sql.bind(statement, 10, now);
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

    /** The events with these keys, each once. */
    Map<UUID, StoredEvent> read(Connection connection, Collection<UUID> keys) throws SQLException {
        return byKey(connection, select, keys, EventRows::event);
    }

    /** The names of the events with these keys. */
    Map<UUID, Name> names(Connection connection, Collection<UUID> keys) throws SQLException {
        return byKey(connection, selectNames, keys, EventRows::name);
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> Map<UUID, T> byKey(Connection connection, String select, Collection<UUID> keys, Reader<T> reader)
            throws SQLException {
        List<UUID> distinct = keys.stream().distinct().toList();
        Map<UUID, T> found = new HashMap<>();
        for (int from = 0; from < distinct.size(); from += MAX_KEYS) {
            List<UUID> chunk = distinct.subList(from, Math.min(from + MAX_KEYS, distinct.size()));
            // Few different statements, so that caches of prepared statements have a use.
            int size = chunk.size() == 1 ? 1 : Integer.highestOneBit(chunk.size() - 1) * 2;
            try (PreparedStatement statement =
                    connection.prepareStatement(select + "(?" + ", ?".repeat(size - 1) + ")")) {
                for (int i = 0; i < size; i++) {
                    statement.setObject(i + 1, chunk.get(Math.min(i, chunk.size() - 1)));
                }
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        found.put(row.getObject(1, UUID.class), reader.read(row));
                    }
                }
            }
        }
        return found;
    }

    private static Name name(ResultSet row) throws SQLException {
        return new Name(row.getObject(1, UUID.class), tenant(row), row.getString(3), row.getString(4));
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        byte[] data = row.getBytes(8);
        return new StoredEvent(
                row.getObject(1, UUID.class),
                row.getString(3),
                tenant(row),
                row.getString(4),
                Sql.instant(row, 5),
                row.getString(6),
                row.getBoolean(7),
                data != null ? data : row.getBytes(9));
    }

    private static Optional<String> tenant(ResultSet row) throws SQLException {
        String tenant = row.getString(2);
        return tenant.isEmpty() ? Optional.empty() : Optional.of(tenant);
    }
}
