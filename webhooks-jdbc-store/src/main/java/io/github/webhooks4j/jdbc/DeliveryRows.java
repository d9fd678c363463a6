package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Sweep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The hot table, which holds the unfinished deliveries only. The fence is raised by a claim, and again when the claim ends:
 * whoever ended it cannot end it twice. Rows are changed in the order of their keys, so that transactions seldom deadlock.
 */
final class DeliveryRows {
    static final Comparator<Claim> BY_KEY = Comparator.comparing(Claim::event)
            .thenComparing(Claim::webhookId)
            .thenComparing(Claim::fence, Comparator.reverseOrder());

    private static final String PAGE = """
            SELECT event_key, next_at, first_due_at, fence, attempts,
              CASE WHEN claims > 0 AND next_at > ${fromNow} THEN 1 ELSE 0 END
            FROM ${prefix}deliveries ${dueIndex}
            WHERE webhook_id = ? %s
            ORDER BY webhook_id, next_at, event_key FETCH FIRST ? ROWS ONLY""";

    static final String FIRST_PAGE = PAGE.formatted("");

    /** A page goes on in two statements: no database searches an index by {@code (next_at, event_key) > (?, ?)} as one would hope. */
    static final String AT_THIS_TIME = PAGE.formatted("AND next_at = ? AND event_key > ?");

    /** Bound to the next microsecond: with {@code >}, H2 reads every row of the time that it is to skip. */
    static final String LATER = PAGE.formatted("AND next_at >= ?");

    private final Sql sql;
    private final Batch batch = new Batch();
    private final String firstPage;
    private final String atThisTime;
    private final String later;
    private final String release;
    private final String postpone;
    private final String delete;
    private final String find;
    private final String selectFences;

    DeliveryRows(Sql sql) {
        this.sql = sql;
        String matches = " WHERE event_key = ? AND webhook_id = ? AND fence = ?";
        String update = "UPDATE ${prefix}deliveries SET fence = fence + 1, claims = 0, ";
        firstPage = sql.of(FIRST_PAGE);
        atThisTime = sql.of(AT_THIS_TIME);
        later = sql.of(LATER);
        release = sql.of(update + "next_at = ?" + matches);
        postpone = sql.of(update + "next_at = ${fromNow}, attempts = COALESCE(?, attempts)" + matches);
        delete = sql.of("DELETE FROM ${prefix}deliveries" + matches);
        selectFences = sql.of("SELECT event_key, webhook_id, fence FROM ${prefix}deliveries WHERE event_key IN ");
        find = sql.of("SELECT next_at, attempts FROM ${prefix}deliveries WHERE event_key = ? AND webhook_id = ?");
    }

    /** A row as it stands. */
    record Standing(Instant nextAt, int attempts) {}

    /**
     * A row that a sweep looks at.
     *
     * @param claim with the fence that it has now
     */
    record Candidate(Claim claim, Instant nextAt, Instant firstDueAt, int attempts, boolean leased) {}

    /** The next rows of a webhook behind a place, in the order in which they are due; not locked. */
    List<Candidate> page(Connection connection, String webhookId, Optional<Sweep.Place> after, int limit)
            throws SQLException {
        if (after.isEmpty()) {
            return page(connection, firstPage, webhookId, limit, (statement, index) -> index);
        }
        Instant time = after.get().nextAt();
        List<Candidate> page = page(connection, atThisTime, webhookId, limit, (statement, index) -> {
            sql.bind(statement, index, time);
            statement.setObject(index + 1, after.get().event());
            return index + 2;
        });
        if (page.size() < limit) {
            page.addAll(page(connection, later, webhookId, limit - page.size(), (statement, index) -> {
                sql.bind(statement, index, time.plus(1, ChronoUnit.MICROS));
                return index + 1;
            }));
        }
        return page;
    }

    /** Binds where a page begins; returns the next index. */
    private interface Begin {
        int bind(PreparedStatement statement, int index) throws SQLException;
    }

    private List<Candidate> page(Connection connection, String select, String webhookId, int limit, Begin begin)
            throws SQLException {
        List<Candidate> page = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            sql.fromNow(statement, 1, Duration.ZERO);
            statement.setString(2, webhookId);
            statement.setInt(begin.bind(statement, 3), limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    page.add(new Candidate(
                            new Claim(row.getObject(1, UUID.class), webhookId, row.getInt(4)),
                            sql.instant(row, 2),
                            sql.instant(row, 3),
                            row.getInt(5),
                            row.getInt(6) == 1));
                }
            }
        }
        return page;
    }

    /** The claims that stand: their rows are there and have their fence. */
    Set<Claim> standing(Connection connection, Collection<Claim> claims) throws SQLException {
        Set<Claim> standing = new HashSet<>();
        List<UUID> events = claims.stream().map(Claim::event).distinct().toList();
        KeyedRows.select(
                connection,
                selectFences,
                events,
                row -> standing.add(new Claim(row.getObject(1, UUID.class), row.getString(2), row.getInt(3))));
        standing.retainAll(new HashSet<>(claims));
        return standing;
    }

    void release(Connection connection, Map<Claim, Instant> due) throws SQLException {
        List<Map.Entry<Claim, Instant>> ordered =
                due.entrySet().stream().sorted(Map.Entry.comparingByKey(BY_KEY)).toList();
        Batch.execute(connection, release, ordered, (statement, entry) -> {
            sql.bind(statement, 1, entry.getValue());
            bind(statement, 2, entry.getKey());
        });
    }

    /** Sets the next time of claimed deliveries; returns those whose fence matched. */
    List<Outcome> postpone(Connection connection, List<Outcome> outcomes) throws SQLException {
        return batch.changed(connection, postpone, ordered(outcomes), (statement, outcome) -> {
            sql.fromNow(statement, 1, outcome.delay());
            if (outcome.attempt().isPresent()) {
                statement.setInt(2, outcome.attempt().get().number());
            } else {
                statement.setNull(2, Types.INTEGER);
            }
            bind(statement, 3, outcome.claim());
        });
    }

    /** Takes claimed deliveries out; returns those whose fence matched. */
    List<Outcome> end(Connection connection, List<Outcome> outcomes) throws SQLException {
        return batch.changed(
                connection, delete, ordered(outcomes), (statement, outcome) -> bind(statement, 1, outcome.claim()));
    }

    /** Takes rows out that still have these fences; returns which had. */
    Set<Claim> delete(Connection connection, Collection<Claim> fences) throws SQLException {
        List<Claim> ordered = fences.stream().sorted(BY_KEY).toList();
        return new HashSet<>(
                batch.changed(connection, delete, ordered, (statement, claim) -> bind(statement, 1, claim)));
    }

    Optional<Standing> find(Connection connection, UUID event, String webhookId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setObject(1, event);
            statement.setString(2, webhookId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(new Standing(sql.instant(row, 1), row.getInt(2))) : Optional.empty();
            }
        }
    }

    private static List<Outcome> ordered(List<Outcome> outcomes) {
        return outcomes.stream()
                .sorted(Comparator.comparing(Outcome::claim, BY_KEY))
                .toList();
    }

    static void bind(PreparedStatement statement, int index, Claim claim) throws SQLException {
        statement.setObject(index, claim.event());
        statement.setString(index + 1, claim.webhookId());
        statement.setInt(index + 2, claim.fence());
    }
}
