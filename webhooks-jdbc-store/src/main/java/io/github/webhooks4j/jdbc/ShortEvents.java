package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
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

/** Inserts and reads events where there is no {@code ON CONFLICT}: a duplicate is an error that is caught. */
final class ShortEvents {
    /** One order for all, so that transactions with the same ids do not wait for each other in a circle. */
    private static final Comparator<NewEvent> BY_ID = Comparator.comparing(
                    (NewEvent added) -> added.event().tenant().orElse(""))
            .thenComparing(added -> added.event().id());

    private final Sql sql;
    private final int maxData;
    private final boolean hasLargeData;
    private final String insertMany;
    private final String insertOne;
    private final String select;
    private final String stored;

    ShortEvents(Sql sql, ShortForms forms) {
        this.sql = sql;
        maxData = forms.maxData();
        hasLargeData = maxData < Integer.MAX_VALUE;
        String columns = "event_key, tenant, id, type, occurred_at, content_type, is_json, headers, data"
                + (hasLargeData ? ", large_data" : "");
        String insert = "INSERT INTO ${prefix}events (created_at, webhooks, " + columns + ") VALUES (${fromNow}"
                + ", ?".repeat(hasLargeData ? 11 : 10) + ")";
        insertMany = sql.of(insert);
        insertOne = sql.of("${boundedWait}" + insert);
        select = sql.of("SELECT " + columns + " FROM ${prefix}events WHERE event_key IN ");
        stored = sql.of("SELECT 1 FROM ${prefix}events WHERE tenant = ? AND id = ?" + forms.seesCommitted());
    }

    /** Inserts events and returns those whose ids were free. */
    List<NewEvent> insert(Connection connection, List<NewEvent> events) throws SQLException {
        List<NewEvent> ordered = events.stream().sorted(BY_ID).toList();
        Savepoint before = connection.setSavepoint();
        try {
            Batch.execute(connection, ordered.size() == 1 ? insertOne : insertMany, ordered, this::bind);
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

    private List<NewEvent> insertSingly(Connection connection, List<NewEvent> events) throws SQLException {
        List<NewEvent> stored = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(insertOne)) {
            for (NewEvent event : events) {
                try {
                    bind(statement, event);
                    statement.executeUpdate();
                    stored.add(event);
                } catch (SQLException e) {
                    if (!sql.dialect().isDuplicate(e) || !isStored(connection, event.event())) {
                        throw e; // another event has its key: it would be lost if it were taken for a duplicate
                    }
                }
            }
        }
        return stored;
    }

    private boolean isStored(Connection connection, StoredEvent event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(stored)) {
            statement.setString(1, event.tenant().orElse(""));
            statement.setString(2, event.id());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private void bind(PreparedStatement statement, NewEvent added) throws SQLException {
        StoredEvent event = added.event();
        sql.fromNow(statement, 1, Duration.ZERO);
        statement.setInt(2, added.deliveries().size());
        sql.bind(statement, 3, event.key());
        statement.setString(4, event.tenant().orElse(""));
        statement.setString(5, event.id());
        statement.setString(6, event.type());
        sql.bind(statement, 7, event.timestamp());
        statement.setString(8, event.contentType());
        statement.setBoolean(9, event.json());
        statement.setString(10, TextMap.write(event.headers()));
        boolean large = event.data().length > maxData;
        statement.setBytes(11, large ? null : event.data());
        if (large) {
            statement.setBinaryStream(12, new ByteArrayInputStream(event.data()), event.data().length);
        } else if (hasLargeData) {
            statement.setNull(12, Types.BLOB);
        }
    }

    /** The events with these keys, each once. */
    Map<UUID, StoredEvent> read(Connection connection, Collection<UUID> keys) throws SQLException {
        Map<UUID, StoredEvent> found = new HashMap<>();
        KeyedRows.select(connection, select, sql.keys(keys.stream()), row -> found.put(sql.key(row, 1), event(row)));
        return found;
    }

    private StoredEvent event(ResultSet row) throws SQLException {
        byte[] data = row.getBytes(9);
        return new StoredEvent(
                sql.key(row, 1),
                row.getString(3),
                Sql.tenant(row.getString(2)),
                row.getString(4),
                sql.instant(row, 5),
                row.getString(6),
                row.getBoolean(7),
                TextMap.read(row.getString(8)),
                data != null ? data : row.getBytes(10));
    }
}
