package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.store.DeliveryStore.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The history, which is only added to: a row for each attempt, and one with the number 0 for an end without one. */
final class HistoryRows {
    /** As declared in the schema files. */
    private static final int MAX_EXCERPT = 16_384;

    /** NUL, and halves of surrogate pairs. */
    private static final Pattern UNSTORABLE = Pattern.compile("[\\x{0}\\x{D800}-\\x{DFFF}]");

    private final Sql sql;
    private final String insert;
    private final String select;
    private final String finalRow;

    HistoryRows(Sql sql) {
        this.sql = sql;
        insert = sql.of("INSERT INTO ${prefix}attempts (event_key, webhook_id, number, final_state, started_at,"
                + " duration_ms, status, failure, retry_after_ms, excerpt, skipped_verification)"
                + " VALUES (?, ?, ?, ?, COALESCE(?, ${fromNow}), ?, ?, ?, ?, ?, ?)");
        select = sql.of("SELECT number, started_at, duration_ms, status, failure, retry_after_ms, excerpt,"
                + " skipped_verification"
                + " FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ? AND number > 0 ORDER BY number, id");
        finalRow = sql.of("SELECT number, final_state FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ?"
                + " ORDER BY id");
    }

    /** A row to be written. */
    record Entry(UUID event, String webhookId, Optional<Attempt> attempt, DeliveryState state) {
        /** One row, after that of a stale attempt if there was one. */
        static Stream<Entry> of(Outcome outcome) {
            UUID event = outcome.claim().event();
            String webhookId = outcome.claim().webhookId();
            Entry last = new Entry(event, webhookId, outcome.attempt(), outcome.state());
            return outcome.stale().isEmpty()
                    ? Stream.of(last)
                    : Stream.of(new Entry(event, webhookId, outcome.stale(), DeliveryState.PENDING), last);
        }

        boolean isWorthARow() {
            return attempt.isPresent() || state != DeliveryState.PENDING;
        }
    }

    /** How a delivery ended. */
    record End(DeliveryState state, int attempts) {}

    void add(Connection connection, List<Entry> entries) throws SQLException {
        List<Entry> rows = entries.stream().filter(Entry::isWorthARow).toList();
        Batch.execute(connection, insert, rows, this::bind);
    }

    private void bind(PreparedStatement statement, Entry entry) throws SQLException {
        Optional<Attempt> attempt = entry.attempt;
        statement.setObject(1, entry.event);
        statement.setString(2, entry.webhookId);
        statement.setInt(3, attempt.map(Attempt::number).orElse(0));
        statement.setString(4, entry.state == DeliveryState.PENDING ? null : entry.state.name());
        statement.setObject(
                5, attempt.map(Attempt::startedAt).map(Sql::utc).orElse(null), Types.TIMESTAMP_WITH_TIMEZONE);
        sql.fromNow(statement, 6, Duration.ZERO);
        statement.setLong(
                7, attempt.map(Attempt::duration).orElse(Duration.ZERO).toMillis());
        OptionalInt status = attempt.map(Attempt::status).orElse(OptionalInt.empty());
        setLong(statement, 8, status.isPresent() ? Long.valueOf(status.getAsInt()) : null);
        statement.setString(9, attempt.flatMap(Attempt::failure).map(Enum::name).orElse(null));
        setLong(
                statement,
                10,
                attempt.flatMap(Attempt::retryAfter).map(Duration::toMillis).orElse(null));
        statement.setString(
                11, attempt.map(Attempt::excerpt).map(HistoryRows::storable).orElse(null));
        statement.setBoolean(12, attempt.map(Attempt::skippedVerification).orElse(false));
    }

    private static void setLong(PreparedStatement statement, int index, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, value);
        }
    }

    /** Not too long, and without the characters that some databases refuse, since they would refuse the outcome with it. */
    private static @Nullable String storable(String excerpt) {
        String cut = excerpt.length() <= MAX_EXCERPT ? excerpt : excerpt.substring(0, MAX_EXCERPT);
        String clean = UNSTORABLE.matcher(cut).replaceAll("\uFFFD");
        return clean.isEmpty() ? null : clean;
    }

    List<Attempt> attempts(Connection connection, UUID event, String webhookId) throws SQLException {
        List<Attempt> attempts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setObject(1, event);
            statement.setString(2, webhookId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attempts.add(attempt(row));
                }
            }
        }
        return attempts;
    }

    private static Attempt attempt(ResultSet row) throws SQLException {
        int status = row.getInt(4);
        boolean answered = !row.wasNull();
        long retryAfter = row.getLong(6);
        boolean asked = !row.wasNull();
        return new Attempt(
                row.getInt(1),
                Sql.instant(row, 2),
                Duration.ofMillis(row.getLong(3)),
                answered ? OptionalInt.of(status) : OptionalInt.empty(),
                Optional.ofNullable(row.getString(5)).map(Failure::valueOf),
                asked ? Optional.of(Duration.ofMillis(retryAfter)) : Optional.empty(),
                Optional.ofNullable(row.getString(7)).orElse(""),
                row.getBoolean(8));
    }

    /** How a delivery ended last; empty if it never did. */
    Optional<End> end(Connection connection, UUID event, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(finalRow)) {
            statement.setObject(1, event);
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
