package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.store.TenantScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The table of counts by hour, to which all nodes add, and that of the last part that each of them has added. What a node adds and the
 * number of the part are committed together: so a part whose commit is unknown can be added again, and counts once.
 */
final class RollupRows {
    /** No process repeats a part for so long. */
    private static final Duration WRITERS_KEPT = Duration.ofDays(7);
    /** In the order of the key, so that nodes that add to the same rows wait for each other, and never in a circle. */
    private static final Comparator<Key> ORDER = Comparator.comparing(Key::webhookId)
            .thenComparing(Key::hour)
            .thenComparing(Key::outcome)
            .thenComparing(Key::failure);

    private final Sql sql;
    private final Dialect dialect;
    private final String goOn;
    private final String findWriter;
    private final String begin;
    private final String add;
    private final String ofWebhook;
    private final String totals;
    private final String totalsOfTenant;
    private final String old;
    private final String delete;
    private final String oldWriters;
    private final String deleteWriter;

    RollupRows(Sql sql) {
        this.sql = sql;
        dialect = sql.dialect();
        goOn = sql.of("${boundedWait}UPDATE ${prefix}rollup_writers SET part = ?, written_at = ${fromNow}"
                + " WHERE writer = ? AND part < ?");
        findWriter = sql.of("SELECT 1 FROM ${prefix}rollup_writers WHERE writer = ?");
        begin = sql.of("${boundedWait}INSERT INTO ${prefix}rollup_writers (part, written_at, writer)"
                + " VALUES (?, ${fromNow}, ?)");
        add = sql.of(dialect.addToRollup());
        ofWebhook = sql.of("SELECT hour_at, outcome, failure, n, duration_ms, webhook_id, tenant FROM ${prefix}rollups"
                + " ${use PRIMARY} WHERE webhook_id = ? AND hour_at >= ? AND hour_at < ?"
                + " ORDER BY ${equal webhook_id} hour_at, outcome, failure LIMIT ?");
        totals = sql.of(totals("${use rollups_of_hour} WHERE"));
        totalsOfTenant = sql.of(totals("${use rollups_of_tenant} WHERE tenant = ? AND"));
        old = sql.of("SELECT webhook_id, hour_at, outcome, failure FROM ${prefix}rollups ${use rollups_of_hour}"
                + " WHERE hour_at < ? ORDER BY hour_at LIMIT ?");
        delete = sql.of("${boundedWait}DELETE FROM ${prefix}rollups"
                + " WHERE webhook_id = ? AND hour_at = ? AND outcome = ? AND failure = ?");
        oldWriters = sql.of("SELECT writer FROM ${prefix}rollup_writers ${use rollup_writers_written}"
                + " WHERE written_at < ${fromNow} ORDER BY written_at LIMIT ?");
        deleteWriter = sql.of(
                "${boundedWait}DELETE FROM ${prefix}rollup_writers WHERE writer = ? AND written_at < ${fromNow}");
    }

    /** Adds up rows, though no more than so many: how many there were is in the last column. */
    private static String totals(String where) {
        return "SELECT hour_at, outcome, failure, SUM(n), SUM(duration_ms), COUNT(*) FROM"
                + " (SELECT hour_at, outcome, failure, n, duration_ms FROM ${prefix}rollups " + where
                + " hour_at >= ? AND hour_at < ? LIMIT ?) AS counted"
                + " GROUP BY hour_at, outcome, failure ORDER BY hour_at, outcome, failure";
    }

    private record Key(String webhookId, Instant hour, int outcome, String failure) {}

    private record Added(Key key, HourlyCount count) {}

    /** Adds a part, if it was not added before. */
    void add(Connection connection, UUID writer, long number, List<HourlyCount> counts) throws SQLException {
        if (!isNew(connection, writer, number)) {
            return;
        }
        List<Added> ordered = counts.stream()
                .map(count -> new Added(new Key(count.webhookId(), count.hour(), code(count), count.failure()), count))
                .sorted(Comparator.comparing(Added::key, ORDER))
                .toList();
        try {
            Batch.execute(connection, add, ordered, (statement, added) -> {
                bind(statement, added.key);
                statement.setString(5, added.count.tenant().orElse(""));
                statement.setLong(6, added.count.count());
                statement.setLong(7, added.count.duration().toMillis());
            });
        } catch (SQLException e) {
            throw dialect.isDuplicate(e) ? again(e) : e;
        }
    }

    private static int code(HourlyCount count) {
        return States.code(count.outcome()).orElse(0);
    }

    /** Somebody else has made the same row meanwhile: the transaction is repeated, and finds it. */
    private static SQLException again(SQLException e) {
        return new SQLTransactionRollbackException("somebody else has made the row meanwhile", "40001", e);
    }

    /** Writes the number of the part down; whether it was not there yet. */
    private boolean isNew(Connection connection, UUID writer, long number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(goOn)) {
            bindPart(statement, writer, number);
            statement.setLong(4, number);
            if (statement.executeUpdate() == 1) {
                return true;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(findWriter)) {
            sql.bind(statement, 1, writer);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    return false;
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(begin)) {
            bindPart(statement, writer, number);
            statement.executeUpdate();
            return true;
        } catch (SQLException e) {
            throw dialect.isDuplicate(e) ? again(e) : e;
        }
    }

    private void bindPart(PreparedStatement statement, UUID writer, long number) throws SQLException {
        statement.setLong(1, number);
        sql.fromNow(statement, 2, Duration.ZERO);
        sql.bind(statement, 3, writer);
    }

    private void bind(PreparedStatement statement, Key key) throws SQLException {
        statement.setString(1, key.webhookId);
        sql.bind(statement, 2, key.hour);
        statement.setInt(3, key.outcome);
        statement.setString(4, key.failure);
    }

    List<HourlyCount> ofWebhook(
            Connection connection, TenantScope scope, String webhookId, Instant from, Instant to, int limit)
            throws SQLException {
        List<HourlyCount> counts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(ofWebhook)) {
            statement.setString(1, webhookId);
            sql.bind(statement, 2, from.truncatedTo(ChronoUnit.HOURS));
            sql.bind(statement, 3, to);
            statement.setInt(4, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    HourlyCount count = count(row, row.getString(6), Sql.tenant(row.getString(7)));
                    if (scope.includes(count.tenant())) {
                        counts.add(count);
                    }
                }
            }
        }
        return counts;
    }

    private HourlyCount count(ResultSet row, String webhookId, Optional<String> tenant) throws SQLException {
        return new HourlyCount(
                sql.instant(row, 1),
                webhookId,
                tenant,
                States.of(row.getInt(2)).orElse(DeliveryState.PENDING),
                row.getString(3),
                row.getLong(4),
                Duration.ofMillis(row.getLong(5)));
    }

    Optional<List<HourlyCount>> totals(Connection connection, TenantScope scope, Instant from, Instant to, int budget)
            throws SQLException {
        List<HourlyCount> sums = new ArrayList<>();
        long read = 0;
        try (PreparedStatement statement = connection.prepareStatement(scope.everything() ? totals : totalsOfTenant)) {
            int next = 1;
            if (!scope.everything()) {
                statement.setString(next++, scope.tenant().orElse(""));
            }
            sql.bind(statement, next++, from.truncatedTo(ChronoUnit.HOURS));
            sql.bind(statement, next++, to);
            statement.setInt(next, budget + 1);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    sums.add(count(row, "", scope.tenant()));
                    read += row.getLong(6);
                }
            }
        }
        return read > budget ? Optional.empty() : Optional.of(sums);
    }

    /** Deletes what is old; returns how many counts. */
    int forget(Connection connection, Instant begunBefore, int limit) throws SQLException {
        List<Key> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(old)) {
            sql.bind(statement, 1, begunBefore);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(new Key(row.getString(1), sql.instant(row, 2), row.getInt(3), row.getString(4)));
                }
            }
        }
        keys.sort(ORDER);
        Batch.execute(connection, delete, keys, this::bind);
        forgetWriters(connection, limit);
        return keys.size();
    }

    private void forgetWriters(Connection connection, int limit) throws SQLException {
        List<UUID> writers = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(oldWriters)) {
            sql.fromNow(statement, 1, WRITERS_KEPT.negated());
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    writers.add(sql.key(row, 1));
                }
            }
        }
        writers.sort(Comparator.naturalOrder());
        Batch.execute(connection, deleteWriter, writers, (statement, writer) -> {
            sql.bind(statement, 1, writer);
            sql.fromNow(statement, 2, WRITERS_KEPT.negated());
        });
    }
}
