package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Outcome;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The history, which is only added to: a row for each attempt, and one with the number 0 for an end without one. Attempts of the
 * same number are told apart and ordered by their repetition, from 0.
 */
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
        insert = sql.of("INSERT INTO ${prefix}attempts (event_key, webhook_id, number, repetition, final_state,"
                + " started_at, duration_ms, status, failure, retry_after_ms, excerpt, skipped_verification)"
                + " VALUES (?, ?, ?, ?, ?, COALESCE(?, ${fromNow}), ?, ?, ?, ?, ?, ?)");
        select = sql.of("SELECT number, started_at, duration_ms, status, failure, retry_after_ms, excerpt,"
                + " skipped_verification"
                + " FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ? AND number > 0"
                + " ORDER BY number, repetition");
        finalRow = sql.of("SELECT number, final_state FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ?"
                + " ORDER BY number, repetition");
    }

    /**
     * A row to be written.
     *
     * @param repetition how many attempts of the same number come before it
     * @param state {@code PENDING} if it is not the last one
     */
    record Entry(UUID event, String webhookId, int repetition, Optional<Attempt> attempt, DeliveryState state) {
        /** A row for each attempt, of which the last has the state; or one for the state alone. */
        static Stream<Entry> of(Outcome outcome) {
            List<Attempt> attempts = outcome.attempts();
            if (attempts.isEmpty()) {
                return Stream.of(end(outcome.claim(), outcome.state()));
            }
            int last = attempts.size() - 1;
            return IntStream.rangeClosed(0, last)
                    .mapToObj(i -> new Entry(
                            outcome.claim().event(),
                            outcome.claim().webhookId(),
                            i,
                            Optional.of(attempts.get(i)),
                            i == last ? outcome.state() : DeliveryState.PENDING));
        }

        /** An end without an attempt. */
        static Entry end(Claim claim, DeliveryState state) {
            return new Entry(claim.event(), claim.webhookId(), 0, Optional.empty(), state);
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
        statement.setInt(4, entry.repetition);
        statement.setString(5, entry.state == DeliveryState.PENDING ? null : entry.state.name());
        sql.bind(statement, 6, attempt.map(Attempt::startedAt));
        sql.fromNow(statement, 7, Duration.ZERO);
        statement.setLong(
                8, attempt.map(Attempt::duration).orElse(Duration.ZERO).toMillis());
        OptionalInt status = attempt.map(Attempt::status).orElse(OptionalInt.empty());
        setLong(statement, 9, status.isPresent() ? Long.valueOf(status.getAsInt()) : null);
        statement.setString(
                10, attempt.flatMap(Attempt::failure).map(Enum::name).orElse(null));
        setLong(
                statement,
                11,
                attempt.flatMap(Attempt::retryAfter).map(Duration::toMillis).orElse(null));
        statement.setString(
                12, attempt.map(Attempt::excerpt).map(HistoryRows::storable).orElse(null));
        statement.setBoolean(13, attempt.map(Attempt::skippedVerification).orElse(false));
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

    private Attempt attempt(ResultSet row) throws SQLException {
        int status = row.getInt(4);
        boolean answered = !row.wasNull();
        long retryAfter = row.getLong(6);
        boolean asked = !row.wasNull();
        return new Attempt(
                row.getInt(1),
                sql.instant(row, 2),
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
