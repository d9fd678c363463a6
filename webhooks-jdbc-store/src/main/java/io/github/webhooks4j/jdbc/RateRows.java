package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import io.github.webhooks4j.store.DeliveryStore.LimitedClaims;
import io.github.webhooks4j.store.DeliveryStore.LimitedRoom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * One row for each webhook whose rate is limited: until when the requests that were allowed use its {@link RateLimit} up. Whoever
 * claims has the row locked until the claim is committed, so that the limit holds over all nodes.
 */
final class RateRows {
    /** When to try again if another node is claiming for the webhook, or the row was removed. */
    private static final Duration SOON = Duration.ofMillis(20);

    private final Dialect dialect;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final String lock;
    private final String use;
    private final String add;
    private final String remove;

    RateRows(Sql sql) {
        dialect = sql.dialect();
        lock = sql.of("SELECT webhook_id, used_until FROM ${prefix}rates WHERE webhook_id IN ");
        use = sql.of("UPDATE ${prefix}rates SET used_until = ? WHERE webhook_id = ?");
        add = sql.of(dialect.insertRate());
        remove = sql.of("DELETE FROM ${prefix}rates WHERE webhook_id = ?");
    }

    /** What claims deliveries without a limit. */
    interface Claims {
        List<Claimed> claim(Map<String, Integer> room) throws SQLException;
    }

    /** The webhooks that seem to have no row: to be added, in a transaction that is committed before the claim. */
    Set<String> missing(Collection<String> webhookIds) {
        Set<String> missing = new TreeSet<>(webhookIds);
        missing.removeAll(known);
        return missing;
    }

    /** Adds the rows that are not there. */
    void add(Connection connection, Set<String> missing) throws SQLException {
        try {
            Batch.execute(connection, add, List.copyOf(missing), (statement, webhookId) -> {
                statement.setString(1, webhookId);
                Sql.bind(statement, 2, Instant.EPOCH);
            });
        } catch (SQLException e) {
            if (!dialect.isDuplicate(e)) {
                throw e;
            }
            // Another node was first; what is missing still is added by the next claim.
        }
        known.addAll(missing);
    }

    /** Claims within the limits. */
    LimitedClaims claim(Connection connection, Map<String, LimitedRoom> room, Claims claims) throws SQLException {
        Map<String, Instant> usedUntil = lock(connection, room.keySet());
        Instant now = dialect.now(connection);
        List<Claimed> claimed = claims.claim(allowed(room, usedUntil, now));
        Map<String, Long> counts = claimed.stream()
                .collect(Collectors.groupingBy(each -> each.claim().webhookId(), Collectors.counting()));
        List<Row> used = new ArrayList<>();
        Map<String, Duration> waits = new HashMap<>();
        room.forEach((webhookId, wanted) -> {
            Instant before = usedUntil.get(webhookId);
            if (before == null) {
                known.remove(webhookId);
                waits.put(webhookId, SOON);
                return;
            }
            int count = counts.getOrDefault(webhookId, 0L).intValue();
            Instant after = count == 0 ? before : wanted.limit().use(before, now, wanted.startWithin(), count);
            Row row = new Row(webhookId, after);
            if (count > 0) {
                used.add(row);
            }
            if (count < wanted.deliveries() && count == wanted.limit().available(before, now, wanted.startWithin())) {
                waits.put(webhookId, wanted.limit().untilNext(row.usedUntil, now));
            }
        });
        Batch.execute(connection, use, used, (statement, row) -> {
            Sql.bind(statement, 1, row.usedUntil);
            statement.setString(2, row.webhookId);
        });
        return new LimitedClaims(claimed, waits);
    }

    private static Map<String, Integer> allowed(
            Map<String, LimitedRoom> room, Map<String, Instant> usedUntil, Instant now) {
        Map<String, Integer> allowed = new LinkedHashMap<>();
        room.forEach((webhookId, wanted) -> {
            Instant used = usedUntil.get(webhookId);
            int available = used == null ? 0 : wanted.limit().available(used, now, wanted.startWithin());
            if (available > 0) {
                allowed.put(webhookId, Math.min(wanted.deliveries(), available));
            }
        });
        return allowed;
    }

    private record Row(String webhookId, Instant usedUntil) {}

    private Map<String, Instant> lock(Connection connection, Collection<String> webhookIds) throws SQLException {
        Map<String, Instant> locked = new HashMap<>();
        KeyedRows.select(
                connection,
                lock,
                List.copyOf(webhookIds),
                " FOR UPDATE SKIP LOCKED",
                row -> locked.put(row.getString(1), Sql.instant(row, 2)));
        return locked;
    }

    void remove(Connection connection, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(remove)) {
            statement.setString(1, webhookId);
            statement.executeUpdate();
        }
    }
}
