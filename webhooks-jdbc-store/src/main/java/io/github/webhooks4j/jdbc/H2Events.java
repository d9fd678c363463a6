package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.DeliveryStore.StoredEvent;
import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Inserts and reads events in H2, which has no {@code ON CONFLICT}: a duplicate is an error that is caught. */
final class H2Events {
    /** As declared in the schema file. */
    private static final int MAX_DATA = 1_000_000;

    /** One order for all, so that transactions with the same ids do not wait for each other in a circle. */
    private static final Comparator<StoredEvent> BY_ID = Comparator.comparing(
                    (StoredEvent event) -> event.tenant().orElse(""))
            .thenComparing(StoredEvent::id);

    private final Sql sql;
    private final EventRows names;
    private final String insert;
    private final String select;

    H2Events(Sql sql, EventRows names) {
        this.sql = sql;
        this.names = names;
        insert = sql.of("INSERT INTO ${prefix}events (event_key, tenant, id, type, occurred_at, content_type, is_json,"
                + " headers, data, large_data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${fromNow})");
        select = sql.of(
                "SELECT event_key, tenant, id, type, occurred_at, content_type, is_json, headers, data, large_data"
                        + " FROM ${prefix}events WHERE event_key IN ");
    }

    /** Inserts events and returns those whose ids were free. */
    List<StoredEvent> insert(Connection connection, List<StoredEvent> events) throws SQLException {
        List<StoredEvent> ordered = events.stream().sorted(BY_ID).toList();
        Savepoint before = connection.setSavepoint();
        try {
            Batch.execute(connection, insert, ordered, this::bind);
            connection.releaseSavepoint(before);
            return ordered;
        } catch (SQLException e) {
            if (!sql.dialect().isDuplicate(e)) {
                throw e;
            }
            connection.rollback(before);
            return insertSingly(connection, ordered);
        }
    }

    private List<StoredEvent> insertSingly(Connection connection, List<StoredEvent> events) throws SQLException {
        List<StoredEvent> stored = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (StoredEvent event : events) {
                try {
                    bind(statement, event);
                    statement.executeUpdate();
                    stored.add(event);
                } catch (SQLException e) {
                    if (!sql.dialect().isDuplicate(e)
                            || names.find(connection, event.tenant(), event.id())
                                    .isEmpty()) {
                        throw e; // another event has its key: it would be lost if it were taken for a duplicate
                    }
                }
            }
        }
        return stored;
    }

    private void bind(PreparedStatement statement, StoredEvent event) throws SQLException {
        boolean large = event.data().length > MAX_DATA;
        statement.setObject(1, event.key());
        statement.setString(2, event.tenant().orElse(""));
        statement.setString(3, event.id());
        statement.setString(4, event.type());
        Sql.bind(statement, 5, event.timestamp());
        statement.setString(6, event.contentType());
        statement.setBoolean(7, event.json());
        statement.setString(8, TextMap.write(event.headers()));
        if (large) {
            statement.setNull(9, Types.VARBINARY);
            statement.setBinaryStream(10, new ByteArrayInputStream(event.data()), event.data().length);
        } else {
            statement.setBytes(9, event.data());
            statement.setNull(10, Types.BLOB);
        }
        sql.fromNow(statement, 11, Duration.ZERO);
    }

    /** The events with these keys, each once. */
    Map<UUID, StoredEvent> read(Connection connection, Collection<UUID> keys) throws SQLException {
        Map<UUID, StoredEvent> found = new HashMap<>();
        List<UUID> distinct = keys.stream().distinct().toList();
        KeyedRows.select(connection, select, distinct, row -> found.put(row.getObject(1, UUID.class), event(row)));
        return found;
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        byte[] data = row.getBytes(9);
        return new StoredEvent(
                row.getObject(1, UUID.class),
                row.getString(3),
                Sql.tenant(row.getString(2)),
                row.getString(4),
                Sql.instant(row, 5),
                row.getString(6),
                row.getBoolean(7),
                TextMap.read(row.getString(8)),
                data != null ? data : row.getBytes(10));
    }
}
