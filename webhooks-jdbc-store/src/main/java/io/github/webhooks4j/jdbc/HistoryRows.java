package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The history: a row for each attempt, and one for an end without one. Attempts of the same number are told apart and ordered by their
 * repetition, from 0.
 */
final class HistoryRows {
    private final Sql sql;
    private final Batch batch = new Batch();
    private final List<HistoryColumn> columns;
    private final String insert;
    private final String select;
    private final String fences;
    private final String standing;
    private final String revive;
    private final String old;
    private final String lockFree;
    private final String delete;
    private final String ends;
    private final String expunge;

    HistoryRows(Sql sql) {
        this.sql = sql;
        columns = HistoryColumn.all(sql);
        insert = sql.of("INSERT INTO ${prefix}attempts (" + HistoryColumn.names(columns) + ") VALUES ("
                + columns.stream().map(HistoryRows::parameter).collect(Collectors.joining(", ")) + ")");
        select = sql.of("SELECT number, started_at, duration_ms, status, failure, failure_detail, retry_after_ms,"
                + " excerpt, skipped_verification, origin, webhook_version, request, answer, node, dns_ms, connect_ms,"
                + " tls_ms, first_byte_ms"
                + " FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ? AND repetition < " + HistoryEntry.END
                + " ORDER BY number, repetition");
        fences = sql.of("SELECT event_key, webhook_id, fence FROM ${prefix}attempts WHERE event_key IN ");
        String standingRow = " WHERE event_key = ? AND webhook_id = ? AND standing IS NOT NULL";
        standing = sql.of("SELECT number, standing, fence, is_test FROM ${prefix}attempts" + standingRow);
        String places = "SELECT event_key, webhook_id FROM ${prefix}attempts ${use attempts_delivery} WHERE ";
        String latest = " ORDER BY event_key DESC, webhook_id DESC LIMIT ?";
        old = sql.of(places + "event_key < ?" + latest);
        lockFree = sql.of(places + "event_key >= ? AND event_key <= ?" + latest + " FOR UPDATE SKIP LOCKED");
        delete = sql.of("DELETE FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ?");
        ends = sql.of("SELECT tenant FROM ${prefix}attempts"
                + " WHERE event_key = ? AND final_state IS NOT NULL AND event_id IS NULL LIMIT 1");
        expunge = sql.of(
                "UPDATE ${prefix}attempts SET excerpt = NULL, request = NULL, answer = NULL" + " WHERE event_key = ?");
        revive = sql.of("UPDATE ${prefix}attempts SET standing = NULL" + standingRow + " AND fence = ?");
    }

    private static String parameter(HistoryColumn column) {
        return column.name().equals(HistoryColumn.STARTED_AT) ? "COALESCE(?, ${fromNow})" : "?";
    }

    /** How a delivery stands that has ended: its last row. */
    record Standing(int attempts, DeliveryState state, int fence, boolean test) {}

    /** Adds rows one by one, in one batch. */
    void add(Connection connection, List<HistoryEntry> entries) throws SQLException {
        Batch.execute(connection, insert, entries, this::bind);
    }

    private void bind(PreparedStatement statement, HistoryEntry entry) throws SQLException {
        int index = 1;
        for (HistoryColumn column : columns) {
            Object value = column.value().apply(entry);
            if (value == null) {
                statement.setNull(index++, column.type());
            } else {
                statement.setObject(index++, value);
            }
            if (column.name().equals(HistoryColumn.STARTED_AT)) {
                sql.fromNow(statement, index++, Duration.ZERO);
            }
        }
    }

    /** Those of these claims whose outcome is here: nobody but who holds a claim writes its fence. */
    Set<Claim> recorded(Connection connection, Collection<Claim> claims) throws SQLException {
        Set<Claim> recorded = new HashSet<>();
        KeyedRows.select(
                connection,
                fences,
                sql.keys(claims.stream().map(Claim::event)),
                row -> recorded.add(new Claim(sql.key(row, 1), row.getString(2), row.getInt(3))));
        recorded.retainAll(claims);
        return recorded;
    }

    List<AttemptDetails> attempts(Connection connection, Place delivery) throws SQLException {
        List<AttemptDetails> attempts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            sql.bind(statement, 1, delivery.event());
            statement.setString(2, delivery.webhookId());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attempts.add(details(row));
                }
            }
        }
        return attempts;
    }

    private AttemptDetails details(ResultSet row) throws SQLException {
        Attempt attempt = new Attempt(
                row.getInt(1),
                sql.instant(row, 2),
                Duration.ofMillis(row.getLong(3)),
                status(row, 4),
                Optional.ofNullable(row.getString(5)).map(Failure::valueOf),
                detail(row.getString(6)),
                millis(row, 7),
                text(row, 8),
                row.getBoolean(9));
        String answer = row.getString(13);
        return new AttemptDetails(
                attempt,
                new Timing(millis(row, 15), millis(row, 16), millis(row, 17), millis(row, 18)),
                text(row, 10),
                Optional.empty(),
                row.getLong(11),
                HistoryEntry.captured(row.getString(12)),
                answer == null ? Map.of() : TextMap.read(answer),
                text(row, 14));
    }

    private static String text(ResultSet row, int index) throws SQLException {
        String text = row.getString(index);
        return text == null ? "" : text;
    }

    private static Optional<Duration> millis(ResultSet row, int index) throws SQLException {
        long millis = row.getLong(index);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    /** Empty where there is none. */
    static OptionalInt status(ResultSet row, int index) throws SQLException {
        int status = row.getInt(index);
        return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** Empty for one of a newer version. */
    static Optional<FailureDetail> detail(@Nullable String name) {
        return Arrays.stream(FailureDetail.values())
                .filter(detail -> detail.name().equals(name))
                .findFirst();
    }

    /** How a delivery stands; empty if it has not ended. */
    Optional<Standing> standing(Connection connection, Place delivery) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(standing)) {
            sql.bind(statement, 1, delivery.event());
            statement.setString(2, delivery.webhookId());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Standing(
                                row.getInt(1),
                                States.of(row.getInt(2)).orElseThrow(),
                                row.getInt(3),
                                row.getBoolean(4)))
                        : Optional.empty();
            }
        }
    }

    /** Deliveries that have ended are to be attempted again; returns those of them for which nobody else was first. */
    List<DeliveryRows.Revival> revive(Connection connection, List<DeliveryRows.Revival> revivals) throws SQLException {
        List<DeliveryRows.Revival> ordered = revivals.stream()
                .sorted(Comparator.comparing(DeliveryRows.Revival::delivery, Place.ORDER))
                .toList();
        return batch.changed(connection, revive, ordered, (statement, revival) -> {
            sql.bind(statement, 1, revival.delivery().event());
            statement.setString(2, revival.delivery().webhookId());
            statement.setInt(3, revival.fence());
        });
    }

    /** Which of these events have had a delivery to this webhook, be it one that ended or not. */
    Set<UUID> known(Connection connection, Collection<UUID> events, String webhookId) throws SQLException {
        Set<UUID> known = new HashSet<>();
        KeyedRows.select(connection, fences, sql.keys(events.stream()), row -> {
            if (row.getString(2).equals(webhookId)) {
                known.add(sql.key(row, 1));
            }
        });
        return known;
    }

    // ---- forgetting

    /** The deliveries of the next rows below a key, the newest first; one for each row. */
    List<Place> old(Connection connection, UUID below, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(old)) {
            sql.bind(statement, 1, below);
            statement.setInt(2, limit);
            return places(statement);
        }
    }

    /** Locks the rows between two keys that nobody else has locked, the newest first; returns the delivery of each. */
    List<Place> lockFree(Connection connection, UUID from, UUID to, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockFree)) {
            sql.bind(statement, 1, from);
            sql.bind(statement, 2, to);
            statement.setInt(3, limit);
            return places(statement);
        }
    }

    private List<Place> places(PreparedStatement statement) throws SQLException {
        List<Place> places = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                places.add(new Place(sql.key(row, 1), row.getString(2)));
            }
        }
        return places;
    }

    void delete(Connection connection, List<Place> deliveries) throws SQLException {
        Batch.execute(connection, delete, deliveries, (statement, delivery) -> {
            sql.bind(statement, 1, delivery.event());
            statement.setString(2, delivery.webhookId());
        });
    }

    /** Whether this is of an event with this key, whose id was made of it, and which belonged to this scope. */
    boolean isOf(Connection connection, UUID event, TenantScope scope) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ends)) {
            sql.bind(statement, 1, event);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && scope.includes(Optional.ofNullable(row.getString(1)));
            }
        }
    }

    /** Forgets what the attempts to deliver an event captured. */
    void expunge(Connection connection, UUID event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(expunge)) {
            sql.bind(statement, 1, event);
            statement.executeUpdate();
        }
    }
}
