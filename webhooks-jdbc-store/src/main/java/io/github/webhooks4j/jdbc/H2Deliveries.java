package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.jdbc.DeliveryRows.Locked;
import io.github.webhooks4j.store.DeliveryStore.Claim;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import io.github.webhooks4j.store.DeliveryStore.NewDelivery;
import io.github.webhooks4j.store.DeliveryStore.NewEvent;
import io.github.webhooks4j.store.DeliveryStore.StoredEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** In H2, short statements that read what they return and no more, one for each webhook. */
final class H2Deliveries extends Deliveries {
    /** With {@code >} instead, H2 reads all deliveries of the webhook that it is to skip. */
    static final String FIRST = """
            SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id >= ?
            ORDER BY webhook_id, next_at, event_key FETCH FIRST 1 ROW ONLY""";

    /** No {@code ORDER BY}: with it, H2 reads and locks every row that is due before it sorts. The index gives them in order. */
    static final String LOCK_DUE = """
            SELECT event_key, next_at, first_due_at, fence, attempts, claims
            FROM ${prefix}deliveries USE INDEX (${prefix}deliveries_due)
            WHERE webhook_id = ? AND next_at <= ${fromNow} FETCH FIRST ? ROWS ONLY FOR UPDATE SKIP LOCKED""";

    private final Sql sql;
    private final H2Events events;
    private final Batch batch = new Batch();
    private final String insert;
    private final String first;
    private final String lockDue;
    private final String lease;
    /** Where the next look for due webhooks begins, if the last one did not see all. */
    private volatile String position = "";

    H2Deliveries(Sql sql) {
        super(sql);
        this.sql = sql;
        events = new H2Events(sql, names());
        insert =
                sql.of("INSERT INTO ${prefix}deliveries (event_key, webhook_id, next_at, first_due_at, fence, attempts,"
                        + " claims) VALUES (?, ?, COALESCE(?, ${fromNow}), COALESCE(?, ${fromNow}), ?, 0, ?)");
        first = sql.of(FIRST);
        lockDue = sql.of(LOCK_DUE);
        lease = sql.of("UPDATE ${prefix}deliveries SET fence = fence + 1, next_at = ${fromNow}, claims = claims + 1"
                + " WHERE event_key = ? AND webhook_id = ? AND fence = ?");
    }

    private record Row(UUID event, NewDelivery delivery) {}

    @Override
    Set<UUID> insert(Connection connection, List<NewEvent> added) throws SQLException {
        List<StoredEvent> wanted = added.stream().map(NewEvent::event).toList();
        // By identity: of an event that is given twice, the first is stored, with its deliveries.
        Set<StoredEvent> left = Collections.newSetFromMap(new IdentityHashMap<>());
        left.addAll(events.insert(connection, wanted));
        List<Row> rows = new ArrayList<>();
        Set<UUID> keys = new LinkedHashSet<>();
        for (NewEvent event : added) {
            if (left.remove(event.event())) {
                UUID key = event.event().key();
                event.deliveries().forEach(delivery -> rows.add(new Row(key, delivery)));
                keys.add(key);
            }
        }
        Batch.execute(connection, insert, rows, this::bind);
        return keys;
    }

    private void bind(PreparedStatement statement, Row row) throws SQLException {
        NewDelivery delivery = row.delivery;
        boolean leased = !delivery.lease().isZero();
        Object dueAt = delivery.dueAt().map(Sql::utc).orElse(null);
        statement.setObject(1, row.event);
        statement.setString(2, delivery.webhookId());
        statement.setObject(3, leased ? null : dueAt, Types.TIMESTAMP_WITH_TIMEZONE);
        sql.fromNow(statement, 4, delivery.lease());
        statement.setObject(5, dueAt, Types.TIMESTAMP_WITH_TIMEZONE);
        sql.fromNow(statement, 6, Duration.ZERO);
        statement.setInt(7, leased ? Claim.FIRST_FENCE : 0);
        statement.setInt(8, leased ? 1 : 0);
    }

    /** One index step a webhook. If there are more than the limit, the next call begins where this one ends. */
    @Override
    Map<String, Instant> due(Connection connection, int limit) throws SQLException {
        Map<String, Instant> due = new LinkedHashMap<>();
        String next = position;
        boolean wrapped = next.isEmpty();
        try (PreparedStatement statement = connection.prepareStatement(first)) {
            while (due.size() < limit) {
                statement.setString(1, next);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next() && !due.containsKey(row.getString(1))) {
                        due.put(row.getString(1), Sql.instant(row, 2));
                        next = row.getString(1) + '\0';
                    } else if (wrapped) {
                        next = "";
                        break;
                    } else {
                        next = "";
                        wrapped = true;
                    }
                }
            }
        }
        position = next;
        return due;
    }

    @Override
    List<Claimed> claim(Connection connection, Map<String, Integer> room, Duration duration) throws SQLException {
        List<Locked> locked = lockDue(connection, room);
        Set<Locked> leased = lease(connection, locked, duration);
        Map<UUID, StoredEvent> read =
                events.read(connection, leased.stream().map(Locked::event).toList());
        List<Claimed> claimed = new ArrayList<>(leased.size());
        for (Locked row : locked) {
            StoredEvent event = read.get(row.event());
            if (event == null) {
                warnOfMissing(row.event(), row.webhookId());
            } else if (leased.contains(row)) {
                claimed.add(new Claimed(
                        new Claim(row.event(), row.webhookId(), row.fence() + 1),
                        row.attempts(),
                        row.claims() + 1,
                        row.nextAt(),
                        row.firstDueAt(),
                        event));
            }
        }
        return claimed;
    }

    private List<Locked> lockDue(Connection connection, Map<String, Integer> room) throws SQLException {
        List<Locked> locked = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(lockDue)) {
            for (Map.Entry<String, Integer> lane : room.entrySet()) {
                if (lane.getValue() > 0) {
                    statement.setString(1, lane.getKey());
                    sql.fromNow(statement, 2, Duration.ZERO);
                    statement.setInt(3, lane.getValue());
                    locked.addAll(DeliveryRows.read(statement, lane.getKey()));
                }
            }
        }
        return locked;
    }

    /** Leases rows that were locked; returns those that still were as they were. */
    private Set<Locked> lease(Connection connection, List<Locked> locked, Duration duration) throws SQLException {
        List<Locked> ordered = locked.stream()
                .sorted((one, other) -> DeliveryRows.BY_KEY.compare(one.claim(), other.claim()))
                .toList();
        return new HashSet<>(batch.changed(connection, lease, ordered, (statement, row) -> {
            sql.fromNow(statement, 1, duration);
            DeliveryRows.bind(statement, 2, row.claim());
        }));
    }
}
