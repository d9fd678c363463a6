package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.EventFilter;
import io.github.webhooks4j.store.EventPage;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds events, and lists them by walking their keys backwards. What no index selects is filtered here, so that what is read is bounded
 * however little of it is meant. Of what is not meant, nothing large is read, and data only for the one event that is looked for.
 */
final class EventLists {
    /** How many rows are read at once if they have to be filtered. */
    private static final int CHUNK = 500;

    /** Where large data begins in the columns of {@link #byKey} and {@link #byId}. */
    private static final int DATA = 12;

    private final Sql sql;
    private final String walk;
    private final String select;
    private final String byKey;
    private final String byId;

    EventLists(Sql sql) {
        this.sql = sql;
        walk = sql.of("SELECT event_key, tenant, type, webhooks, is_test FROM ${prefix}events ${use "
                + Dialect.NEWEST_EVENTS + "} WHERE event_key < ? AND event_key >= ? ORDER BY event_key DESC LIMIT ?");
        boolean split = sql.dialect().splitsData();
        String columns = "SELECT event_key, tenant, id, type, occurred_at, content_type, is_json, headers, webhooks,"
                + " is_test, "
                + (split ? "COALESCE(OCTET_LENGTH(data), OCTET_LENGTH(large_data))" : "OCTET_LENGTH(data)");
        String details = columns + (split ? ", data, large_data" : ", data") + " FROM ${prefix}events WHERE ";
        select = sql.of(columns + " FROM ${prefix}events WHERE event_key IN ");
        byKey = sql.of(details + "event_key = ?");
        byId = sql.of(details + "tenant = ? AND id = ?");
    }

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#event}. */
    Optional<EventDetails> find(Connection connection, TenantScope scope, String id) throws SQLException {
        Optional<EventDetails> own = read(connection, byId, statement -> {
            statement.setString(1, scope.tenant().orElse(""));
            statement.setString(2, id);
        });
        Optional<UUID> key = scope.everything() ? StoredEvent.keyOf(id) : Optional.empty();
        if (own.isPresent() || key.isEmpty()) {
            return own;
        }
        return read(connection, byKey, statement -> sql.bind(statement, 1, key.get()))
                .filter(details -> details.event().id().equals(id));
    }

    /** Binds what tells which event is meant. */
    private interface Binder {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private Optional<EventDetails> read(Connection connection, String of, Binder binder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(of)) {
            binder.bind(statement);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new EventDetails(event(row), data(row))) : Optional.empty();
            }
        }
    }

    private static byte[] data(ResultSet row) throws SQLException {
        byte[] data = row.getBytes(DATA);
        return data != null ? data : row.getBytes(DATA + 1);
    }

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#events}. */
    EventPage list(Connection connection, EventFilter filter, Optional<UUID> after, int limit, int budget)
            throws SQLException {
        sql.dialect().readInOrder(connection);
        UUID low = filter.publishedSince().map(ListBounds::first).orElse(ListBounds.LEAST);
        UUID high = high(filter, after);
        List<UUID> found = new ArrayList<>();
        int left = budget;
        boolean more;
        do {
            // One more than wanted, to see whether there is more.
            int wanted = limit - found.size() + 1;
            int rows = Math.min(isExact(filter) ? wanted : Math.max(CHUNK, wanted), left);
            List<Walked> part = walk(connection, high, low, rows);
            left -= part.size();
            more = part.size() == rows;
            for (Walked each : part) {
                if (found.size() == limit) {
                    more = true;
                    break;
                }
                high = each.key;
                if (filter.includes(each.tenant, each.type, each.webhooks, each.test)) {
                    found.add(each.key);
                }
            }
        } while (more && found.size() < limit && left > 0);
        return new EventPage(events(connection, found), more ? Optional.of(high) : Optional.empty());
    }

    /** Whether every row is meant that the walk comes by. */
    private static boolean isExact(EventFilter filter) {
        return filter.scope().everything()
                && filter.type().isEmpty()
                && filter.test().isEmpty()
                && !filter.unmatched();
    }

    /** The least key that is too great. */
    private static UUID high(EventFilter filter, Optional<UUID> after) {
        UUID high = filter.publishedBefore().map(ListBounds::first).orElse(ListBounds.GREATEST);
        return after.filter(key -> Place.compareBytes(key, high) < 0).orElse(high);
    }

    /** What the walk reads of an event. */
    private record Walked(UUID key, Optional<String> tenant, String type, int webhooks, boolean test) {}

    private List<Walked> walk(Connection connection, UUID high, UUID low, int rows) throws SQLException {
        List<Walked> part = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(walk)) {
            sql.bind(statement, 1, high);
            sql.bind(statement, 2, low);
            statement.setInt(3, rows);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    part.add(new Walked(
                            sql.key(row, 1),
                            Sql.tenant(row.getString(2)),
                            row.getString(3),
                            row.getInt(4),
                            row.getBoolean(5)));
                }
            }
        }
        return part;
    }

    /** The events with these keys, in this order; without those that were deleted meanwhile. */
    private List<PublishedEvent> events(Connection connection, List<UUID> keys) throws SQLException {
        Map<UUID, PublishedEvent> read = new HashMap<>();
        KeyedRows.select(connection, select, sql.keys(keys.stream()), row -> read.put(sql.key(row, 1), event(row)));
        return keys.stream().map(read::get).filter(Objects::nonNull).toList();
    }

    private PublishedEvent event(ResultSet row) throws SQLException {
        return new PublishedEvent(
                row.getString(3),
                row.getString(4),
                Sql.tenant(row.getString(2)),
                sql.instant(row, 5),
                DeliveryId.publishedAt(sql.key(row, 1)),
                row.getString(6),
                row.getBoolean(7),
                TextMap.read(row.getString(8)),
                row.getInt(11),
                row.getInt(9),
                row.getBoolean(10));
    }
}
