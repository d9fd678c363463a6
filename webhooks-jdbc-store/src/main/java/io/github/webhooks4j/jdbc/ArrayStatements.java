package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * For PostgreSQL, one statement for each step however many rows it is for, since a round trip costs more than a row. Each is
 * written so that the planner has no choice but the indexes, whatever it believes of the size of tables and arrays: {@code
 * LATERAL} with a limit, and {@code ctid} from an array.
 */
final class ArrayStatements implements Statements {
    /** One order for all, so that transactions with the same ids do not wait for each other in a circle. */
    private static final Comparator<NewEvent> BY_ID = Comparator.comparing(
                    (NewEvent event) -> event.event().tenant().orElse(""))
            .thenComparing(event -> event.event().id());

    static final String INSERT = """
            WITH added AS (
              INSERT INTO ${prefix}events
                (event_key, tenant, id, type, occurred_at, content_type, is_json, headers, webhooks,
                data, created_at)
              SELECT e.*, statement_timestamp()
              FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[], ?::boolean[],
                ?::text[], ?::int[], ?::bytea[]) AS e
              ON CONFLICT (tenant, id) DO NOTHING
              RETURNING event_key),
            planned AS (
              INSERT INTO ${prefix}deliveries (event_key, webhook_id, next_at, first_due_at, fence, attempts, claims)
              SELECT event_key, d.webhook_id,
                COALESCE(d.due_at, statement_timestamp() + d.lease * INTERVAL '1 microsecond'),
                COALESCE(d.due_at, statement_timestamp()),
                CASE WHEN d.lease > 0 THEN 1 ELSE 0 END, 0, CASE WHEN d.lease > 0 THEN 1 ELSE 0 END
              FROM added JOIN unnest(?::uuid[], ?::text[], ?::timestamptz[], ?::bigint[])
                AS d(event_key, webhook_id, due_at, lease) USING (event_key))
            SELECT event_key FROM added""";

    static final String DUE = """
            WITH RECURSIVE lane AS (
              (SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id > ?
                ORDER BY webhook_id, next_at, event_key LIMIT 1)
              UNION ALL
              SELECT following.* FROM lane CROSS JOIN LATERAL (
                SELECT webhook_id, next_at FROM ${prefix}deliveries WHERE webhook_id > lane.webhook_id
                ORDER BY webhook_id, next_at, event_key LIMIT 1) AS following)
            SELECT webhook_id, next_at FROM lane LIMIT ?""";

    static final String CLAIM = """
            WITH due AS MATERIALIZED (
              SELECT earliest.* FROM unnest(?::text[], ?::int[]) AS lane(webhook_id, room)
              CROSS JOIN LATERAL (
                SELECT d.ctid AS place, d.event_key, d.webhook_id, d.next_at FROM ${prefix}deliveries d
                WHERE d.webhook_id = lane.webhook_id AND d.next_at <= statement_timestamp()
                ORDER BY d.next_at, d.event_key LIMIT lane.room FOR UPDATE SKIP LOCKED) AS earliest),
            claimed AS (
              UPDATE ${prefix}deliveries SET fence = fence + 1, claims = claims + 1, next_at = ${fromNow}
              WHERE ctid = ANY (ARRAY(SELECT place FROM due))
              RETURNING event_key, webhook_id, fence, attempts, claims, first_due_at)
            SELECT c.event_key, c.webhook_id, c.fence, c.attempts, c.claims, c.first_due_at, due.next_at,
              e.tenant, e.id, e.type, e.occurred_at, e.content_type, e.is_json, e.headers,
              CASE WHEN row_number() OVER (PARTITION BY c.event_key) = 1 THEN e.data END
            FROM claimed c JOIN due USING (event_key, webhook_id)
            LEFT JOIN LATERAL (
              SELECT * FROM ${prefix}events WHERE event_key = c.event_key LIMIT 1) AS e ON TRUE""";

    private static final String REMEMBER = """
            INSERT INTO ${prefix}attempts (%s)
            SELECT %s FROM unnest(%s) AS entry(%1$s)""";

    static final String PAGE = """
            SELECT event_key, next_at, first_due_at, fence, attempts, claims > 0 AND next_at > ${fromNow}
            FROM ${prefix}deliveries WHERE webhook_id = ? AND (next_at, event_key) > (?, ?)
            ORDER BY next_at, event_key LIMIT ?""";

    /** How many rows of history one statement carries, each with an excerpt of 16 KiB at most. */
    private static final int MAX_ENTRIES = 512;

    /** How much data one statement carries: the server takes a gigabyte at most, and the driver holds it twice. */
    private static final long MAX_BYTES = 16L << 20;

    /** Before all others. */
    private static final UUID NO_EVENT = new UUID(0, 0);

    private final Sql sql;
    private final String insert;
    private final SkipScan dueWebhooks;
    private final String claim;
    private final List<HistoryColumn> history;
    private final String remember;
    private final String page;

    ArrayStatements(Sql sql) {
        this.sql = sql;
        insert = sql.of(INSERT);
        dueWebhooks = new SingleSkipScan(sql, DUE);
        claim = sql.of(CLAIM);
        history = HistoryColumn.all(sql);
        String names = HistoryColumn.names(history);
        remember = sql.of(REMEMBER.formatted(
                names,
                names.replace(
                        HistoryColumn.STARTED_AT, "COALESCE(" + HistoryColumn.STARTED_AT + ", statement_timestamp())"),
                history.stream().map(column -> "?::" + column.array() + "[]").collect(Collectors.joining(", "))));
        page = sql.of(PAGE);
    }

    // ---- publish

    @Override
    public Set<UUID> insert(Connection connection, List<NewEvent> added) throws SQLException {
        Set<UUID> keys = new HashSet<>();
        List<NewEvent> chunk = new ArrayList<>();
        long bytes = 0;
        for (NewEvent event : added.stream().sorted(BY_ID).toList()) {
            if (bytes + event.event().data().length > MAX_BYTES && !chunk.isEmpty()) {
                keys.addAll(insertAtOnce(connection, chunk));
                chunk.clear();
                bytes = 0;
            }
            chunk.add(event);
            bytes += event.event().data().length;
        }
        keys.addAll(insertAtOnce(connection, chunk));
        return keys;
    }

    private Set<UUID> insertAtOnce(Connection connection, List<NewEvent> events) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            Columns columns = new Columns(connection, statement);
            columns.add("uuid", events, event -> event.event().key());
            columns.add("text", events, event -> event.event().tenant().orElse(""));
            columns.add("text", events, event -> event.event().id());
            columns.add("text", events, event -> event.event().type());
            columns.add("timestamptz", events, event -> timestamp(event.event().timestamp()));
            columns.add("text", events, event -> event.event().contentType());
            columns.add("boolean", events, event -> event.event().json());
            columns.add("text", events, event -> TextMap.write(event.event().headers()));
            columns.add("int4", events, event -> event.deliveries().size());
            columns.addBytes(events);
            List<Row> rows = new ArrayList<>();
            for (NewEvent event : events) {
                event.deliveries()
                        .forEach(each -> rows.add(new Row(event.event().key(), each)));
            }
            columns.add("uuid", rows, row -> row.event);
            columns.add("text", rows, row -> row.delivery.webhookId());
            columns.add(
                    "timestamptz",
                    rows,
                    row -> row.delivery.dueAt().map(this::timestamp).orElse(null));
            columns.add("bigint", rows, row -> PostgresDialect.micros(row.delivery.lease()));
            return keys(statement);
        }
    }

    private Object timestamp(Instant instant) {
        return sql.dialect().timestamp(instant);
    }

    private record Row(UUID event, NewDelivery delivery) {}

    private static Set<UUID> keys(PreparedStatement statement) throws SQLException {
        Set<UUID> keys = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                keys.add(row.getObject(1, UUID.class));
            }
        }
        return keys;
    }

    /** Binds arrays, one after the other. */
    private static final class Columns {
        private final Connection connection;
        private final PreparedStatement statement;
        private int index;

        Columns(Connection connection, PreparedStatement statement) {
            this.connection = connection;
            this.statement = statement;
        }

        private interface Column<T> {
            @Nullable
            Object of(T row);
        }

        <T> void add(String type, List<T> rows, Column<T> column) throws SQLException {
            bind(connection.createArrayOf(type, rows.stream().map(column::of).toArray()));
        }

        void addBytes(List<NewEvent> events) throws SQLException {
            bind(connection.createArrayOf(
                    "bytea", events.stream().map(event -> event.event().data()).toArray(byte[][]::new)));
        }

        private void bind(Array array) throws SQLException {
            statement.setArray(++index, array);
        }
    }

    // ---- the engine

    @Override
    public Map<String, Instant> due(Connection connection, int limit) throws SQLException {
        return dueWebhooks.next(connection, limit);
    }

    @Override
    public List<Claimed> claim(Connection connection, Map<String, Integer> room, Duration lease) throws SQLException {
        List<Map.Entry<String, Integer>> lanes = List.copyOf(room.entrySet());
        try (PreparedStatement statement = connection.prepareStatement(claim)) {
            Columns columns = new Columns(connection, statement);
            columns.add("text", lanes, Map.Entry::getKey);
            columns.add("int4", lanes, Map.Entry::getValue);
            sql.fromNow(statement, 3, lease);
            try (ResultSet row = statement.executeQuery()) {
                return claimed(row);
            }
        }
    }

    /** Of several deliveries of one event, one row brings its data. */
    private List<Claimed> claimed(ResultSet row) throws SQLException {
        Map<UUID, StoredEvent> events = new HashMap<>();
        List<Claimed> claimed = new ArrayList<>();
        while (row.next()) {
            UUID key = row.getObject(1, UUID.class);
            byte[] data = row.getBytes(15);
            if (data != null) {
                events.put(key, event(row, key, data));
            }
            StoredEvent event = events.get(key);
            if (event == null) {
                StoreLog.missing(key, row.getString(2));
                continue;
            }
            claimed.add(new Claimed(
                    new Claim(key, row.getString(2), row.getInt(3)),
                    DeliveryRows.attempts(row.getInt(4)),
                    DeliveryRows.claims(row.getInt(5)),
                    DeliveryRows.starts(row.getInt(5)),
                    sql.instant(row, 7),
                    sql.instant(row, 6),
                    event,
                    DeliveryRows.former(row.getInt(4))));
        }
        claimed.sort(Comparator.comparing(Claimed::dueAt)
                .thenComparing(each -> each.claim().event()));
        return claimed;
    }

    private StoredEvent event(ResultSet row, UUID key, byte[] data) throws SQLException {
        return new StoredEvent(
                key,
                row.getString(9),
                Sql.tenant(row.getString(8)),
                row.getString(10),
                sql.instant(row, 11),
                row.getString(12),
                row.getBoolean(13),
                TextMap.read(row.getString(14)),
                data);
    }

    @Override
    public void remember(Connection connection, List<HistoryEntry> entries) throws SQLException {
        for (int from = 0; from < entries.size(); from += MAX_ENTRIES) {
            List<HistoryEntry> some = entries.subList(from, Math.min(from + MAX_ENTRIES, entries.size()));
            try (PreparedStatement statement = connection.prepareStatement(remember)) {
                Columns columns = new Columns(connection, statement);
                for (HistoryColumn column : history) {
                    columns.add(column.array(), some, column.value()::apply);
                }
                statement.executeUpdate();
            }
        }
    }

    // ---- sweeps

    @Override
    public List<Candidate> page(Connection connection, String webhookId, Optional<Sweep.Place> after, int limit)
            throws SQLException {
        sql.dialect().readInOrder(connection);
        List<Candidate> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(page)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            statement.setString(2, webhookId);
            statement.setObject(
                    3, after.map(place -> timestamp(place.nextAt())).orElse(OffsetDateTime.MIN)); // -infinity
            statement.setObject(4, after.map(Sweep.Place::event).orElse(NO_EVENT));
            statement.setInt(5, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new Candidate(
                            new Claim(row.getObject(1, UUID.class), webhookId, row.getInt(4)),
                            sql.instant(row, 2),
                            sql.instant(row, 3),
                            row.getInt(5),
                            row.getBoolean(6)));
                }
            }
        }
        return found;
    }
}
