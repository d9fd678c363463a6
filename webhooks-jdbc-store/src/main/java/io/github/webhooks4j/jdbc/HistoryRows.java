package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.store.Claim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The history, which is only added to: a row for each attempt, and one with the number 0 for an end without one. Attempts of the
 * same number are told apart and ordered by their repetition, from 0.
 */
final class HistoryRows {
    private final Sql sql;
    private final String insert;
    private final String select;
    private final String finalRow;
    private final String fences;

    HistoryRows(Sql sql) {
        this.sql = sql;
        insert = sql.of("INSERT INTO ${prefix}attempts (event_key, webhook_id, number, repetition, final_state,"
                + " started_at, duration_ms, status, failure, failure_detail, retry_after_ms, excerpt,"
                + " skipped_verification, fence)"
                + " VALUES (?, ?, ?, ?, ?, COALESCE(?, ${fromNow}), ?, ?, ?, ?, ?, ?, ?, ?)");
        select = sql.of("SELECT number, started_at, duration_ms, status, failure, failure_detail, retry_after_ms,"
                + " excerpt, skipped_verification"
                + " FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ? AND number > 0"
                + " ORDER BY number, repetition");
        finalRow = sql.of("SELECT number, final_state FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ?"
                + " ORDER BY number, repetition");
        fences = sql.of("SELECT event_key, webhook_id, fence FROM ${prefix}attempts WHERE event_key IN ");
    }

    /** How a delivery ended. */
    record End(DeliveryState state, int attempts) {}

    /** Adds rows one by one, in one batch. */
    void add(Connection connection, List<HistoryEntry> entries) throws SQLException {
        Batch.execute(connection, insert, entries, this::bind);
    }

    private void bind(PreparedStatement statement, HistoryEntry entry) throws SQLException {
        sql.bind(statement, 1, entry.event());
        statement.setString(2, entry.webhookId());
        statement.setInt(3, entry.number());
        statement.setInt(4, entry.repetition());
        statement.setString(5, entry.finalState().orElse(null));
        sql.bind(statement, 6, entry.startedAt());
        sql.fromNow(statement, 7, Duration.ZERO);
        statement.setLong(8, entry.durationMillis());
        statement.setObject(9, entry.status().orElse(null), Types.INTEGER);
        statement.setString(10, entry.failure().orElse(null));
        statement.setString(11, entry.failureDetail().orElse(null));
        statement.setObject(12, entry.retryAfterMillis().orElse(null), Types.BIGINT);
        statement.setString(13, entry.excerpt().orElse(null));
        statement.setBoolean(14, entry.skippedVerification());
        statement.setObject(15, entry.fence().orElse(null), Types.INTEGER);
    }

    /** Those of these claims whose outcome is here: nobody but who holds a claim writes its fence. */
    Set<Claim> recorded(Connection connection, Collection<Claim> claims) throws SQLException {
        Set<Claim> recorded = new HashSet<>();
        KeyedRows.select(
                connection,
                fences,
                sql.keys(claims.stream().map(Claim::event)),
                " AND fence IS NOT NULL",
                row -> recorded.add(new Claim(sql.key(row, 1), row.getString(2), row.getInt(3))));
        recorded.retainAll(claims);
        return recorded;
    }

    List<Attempt> attempts(Connection connection, UUID event, String webhookId) throws SQLException {
        List<Attempt> attempts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            sql.bind(statement, 1, event);
            statement.setString(2, webhookId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attempts.add(attempt(row));
                }
            }
        }
        return attempts;
    }

    private Attempt attempt(ResultSet row) throws SQLException {
        int status = row.getInt(4);
        boolean answered = !row.wasNull();
        long retryAfter = row.getLong(7);
        boolean asked = !row.wasNull();
        return new Attempt(
                row.getInt(1),
                sql.instant(row, 2),
                Duration.ofMillis(row.getLong(3)),
                answered ? OptionalInt.of(status) : OptionalInt.empty(),
                Optional.ofNullable(row.getString(5)).map(Failure::valueOf),
                detail(row.getString(6)),
                asked ? Optional.of(Duration.ofMillis(retryAfter)) : Optional.empty(),
                Optional.ofNullable(row.getString(8)).orElse(""),
                row.getBoolean(9));
    }

    /** Empty for one of a newer version. */
    private static Optional<FailureDetail> detail(@Nullable String name) {
        return Arrays.stream(FailureDetail.values())
                .filter(detail -> detail.name().equals(name))
                .findFirst();
    }

    /** How a delivery ended last; empty if it never did. */
    Optional<End> end(Connection connection, UUID event, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(finalRow)) {
            sql.bind(statement, 1, event);
            statement.setString(2, webhookId);
            int attempts = 0;
            String state = null;
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attempts = Math.max(attempts, row.getInt(1));
                    String ended = row.getString(2);
                    state = ended != null ? ended : state;
                }
            }
            return state == null ? Optional.empty() : Optional.of(new End(DeliveryState.valueOf(state), attempts));
        }
    }
}
