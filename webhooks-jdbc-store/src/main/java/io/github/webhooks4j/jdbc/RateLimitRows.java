package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.Want;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
final class RateLimitRows {
    /** When to try again if another node is claiming for the webhook, or the row was removed. */
    private static final Duration SOON = Duration.ofMillis(20);

    private final Sql sql;
    private final Statements statements;
    private final Dialect dialect;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final String lock;
    private final String use;
    private final String add;
    private final String remove;
    private final String find;

    RateLimitRows(Sql sql, Statements statements) {
        this.sql = sql;
        this.statements = statements;
        dialect = sql.dialect();
        lock = sql.of("SELECT webhook_id, used_until FROM ${prefix}rates WHERE webhook_id IN ");
        use = sql.of("UPDATE ${prefix}rates SET used_until = ? WHERE webhook_id = ?");
        add = sql.of(dialect.insertRate());
        remove = sql.of("DELETE FROM ${prefix}rates WHERE webhook_id = ?");
        find = sql.of("SELECT 1 FROM ${prefix}rates WHERE webhook_id = ?");
    }

    /** The limited webhooks that seem to have no row: to be added, in a transaction that is committed before the claim. */
    Set<String> missing(List<Want> wants) {
        Set<String> missing = new TreeSet<>();
        for (Want want : wants) {
            if (want.allowance().isPresent() && !known.contains(want.webhookId())) {
                missing.add(want.webhookId());
            }
        }
        return missing;
    }

    /** Adds the rows that are not there. */
    void add(Connection connection, Set<String> missing) throws SQLException {
        try {
            Batch.execute(connection, add, List.copyOf(missing), (statement, webhookId) -> {
                statement.setString(1, webhookId);
                sql.bind(statement, 2, Instant.EPOCH);
            });
        } catch (SQLException e) {
            if (!dialect.isDuplicate(e)) {
                throw e;
            }
            // Another node was first; what is missing still is added by the next claim.
        }
        known.addAll(missing);
    }

    /** Claims, within the limits where there are some. */
    ClaimBatch claim(Connection connection, List<Want> wants, Duration lease) throws SQLException {
        Map<String, Want> limited = new LinkedHashMap<>();
        Map<String, Integer> room = new LinkedHashMap<>();
        for (Want want : wants) {
            if (want.allowance().isPresent()) {
                limited.put(want.webhookId(), want);
            } else {
                room.put(want.webhookId(), want.deliveries());
            }
        }
        if (limited.isEmpty()) {
            return new ClaimBatch(statements.claim(connection, room, lease), Map.of());
        }
        Map<String, Instant> usedUntil = lock(connection, limited.keySet());
        Instant now = dialect.now(connection);
        limited.forEach((webhookId, want) -> {
            int most = Math.min(want.deliveries(), available(want, usedUntil, now));
            if (most > 0) {
                room.put(webhookId, most);
            }
        });
        List<Claimed> claimed = room.isEmpty() ? List.of() : statements.claim(connection, room, lease);
        return new ClaimBatch(claimed, use(connection, limited, usedUntil, now, claimed));
    }

    private static int available(Want want, Map<String, Instant> usedUntil, Instant now) {
        Instant used = usedUntil.get(want.webhookId());
        return used == null
                ? 0
                : want.allowance()
                        .map(each -> each.limit().available(used, now, each.startWithin()))
                        .orElse(want.deliveries());
    }

    /** Writes down what was used up; returns which webhooks are to wait for how long. */
    private Map<String, Duration> use(
            Connection connection,
            Map<String, Want> limited,
            Map<String, Instant> usedUntil,
            Instant now,
            List<Claimed> claimed)
            throws SQLException {
        Map<String, Long> counts = claimed.stream()
                .collect(Collectors.groupingBy(each -> each.claim().webhookId(), Collectors.counting()));
        List<Row> used = new ArrayList<>();
        Map<String, Duration> waits = new HashMap<>();
        limited.forEach((webhookId, want) -> {
            Instant before = usedUntil.get(webhookId);
            if (before == null) {
                known.remove(webhookId);
                waits.put(webhookId, SOON);
                return;
            }
            int count = counts.getOrDefault(webhookId, 0L).intValue();
            Want.Allowance allowance = want.allowance().orElseThrow();
            RateLimit limit = allowance.limit();
            Instant after = count == 0 ? before : limit.use(before, now, allowance.startWithin(), count);
            if (count > 0) {
                used.add(new Row(webhookId, after));
            }
            if (count < want.deliveries() && count == available(want, usedUntil, now)) {
                waits.put(webhookId, limit.untilNext(after, now));
            }
        });
        Batch.execute(connection, use, used, (statement, row) -> {
            sql.bind(statement, 1, row.usedUntil);
            statement.setString(2, row.webhookId);
        });
        return waits;
    }

    private record Row(String webhookId, Instant usedUntil) {}

    private Map<String, Instant> lock(Connection connection, Collection<String> webhookIds) throws SQLException {
        Map<String, Instant> locked = new HashMap<>();
        KeyedRows.select(
                connection,
                lock,
                List.copyOf(webhookIds),
                " FOR UPDATE SKIP LOCKED",
                row -> locked.put(row.getString(1), sql.instant(row, 2)));
        return locked;
    }

    /** Only if it is there: in a REPEATABLE READ transaction of the caller's, MariaDB would lock the gap where it might be. */
    void remove(Connection connection, String webhookId) throws SQLException {
        if (!isThere(connection, webhookId)) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(remove)) {
            statement.setString(1, webhookId);
            statement.executeUpdate();
        }
    }

    private boolean isThere(Connection connection, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, webhookId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
