package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The table of events, as far as their names go: each is written once and never changed. */
final class EventRows {
    private final Sql sql;
    private final String find;
    private final String select;

    EventRows(Sql sql) {
        this.sql = sql;
        String columns = "SELECT event_key, tenant, id, type, created_at FROM ${prefix}events WHERE ";
        find = sql.of(columns + "tenant = ? AND id = ?");
        select = sql.of(columns + "event_key IN ");
    }

    /** What names an event, and when it was stored. */
    record Name(UUID key, Optional<String> tenant, String id, String type, Instant storedAt) {}

    Optional<Name> find(Connection connection, Optional<String> tenant, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, tenant.orElse(""));
            statement.setString(2, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(name(row)) : Optional.empty();
            }
        }
    }

    /** The names of the events with these keys; of one that was deleted from outside, nothing but its key. */
    Map<UUID, Name> names(Connection connection, Collection<UUID> keys) throws SQLException {
        Map<UUID, Name> found = new HashMap<>();
        keys.forEach(key -> found.put(key, new Name(key, Optional.empty(), "", "", Instant.EPOCH)));
        KeyedRows.select(connection, select, sql.keys(keys.stream()), row -> found.put(sql.key(row, 1), name(row)));
        return found;
    }

    private Name name(ResultSet row) throws SQLException {
        return new Name(
                sql.key(row, 1), Sql.tenant(row.getString(2)), row.getString(3), row.getString(4), sql.instant(row, 5));
    }
}
