package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The table of events, as far as their names go: each is written once and never changed. */
final class EventRows {
    private final String find;
    private final String select;

    EventRows(Sql sql) {
        find = sql.of("SELECT event_key, tenant, id, type FROM ${prefix}events WHERE tenant = ? AND id = ?");
        select = sql.of("SELECT event_key, tenant, id, type FROM ${prefix}events WHERE event_key IN ");
    }

    /** What names an event. */
    record Name(UUID key, Optional<String> tenant, String id, String type) {}

    Optional<Name> find(Connection connection, Optional<String> tenant, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, tenant.orElse(""));
            statement.setString(2, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(name(row)) : Optional.empty();
            }
        }
    }

    /** The names of the events with these keys. */
    Map<UUID, Name> names(Connection connection, Collection<UUID> keys) throws SQLException {
        Map<UUID, Name> found = new HashMap<>();
        List<UUID> distinct = keys.stream().distinct().toList();
        KeyedRows.select(connection, select, distinct, row -> found.put(row.getObject(1, UUID.class), name(row)));
        return found;
    }

    private static Name name(ResultSet row) throws SQLException {
        return new Name(row.getObject(1, UUID.class), Sql.tenant(row.getString(2)), row.getString(3), row.getString(4));
    }
}
