package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * For databases in the process or nearby, short statements that read what they return and no more, one for each webhook. What
 * differs between them is in {@link ShortForms} and {@link Dialect}.
 */
final class ShortStatements implements Statements {
    static final String LOCK_DUE = """
            SELECT event_key, next_at, first_due_at, fence, attempts, claims, webhook_id
            FROM ${prefix}deliveries ${use deliveries_due}
            """;

    private static final String PAGE = """
            SELECT event_key, next_at, first_due_at, fence, attempts,
              CASE WHEN claims > 0 AND next_at > ${fromNow} THEN 1 ELSE 0 END
            FROM ${prefix}deliveries ${use deliveries_due}
            WHERE webhook_id = ? %s
            ORDER BY ${equal webhook_id} next_at, event_key LIMIT ?""";

    static final String FIRST_PAGE = PAGE.formatted("");

    /** A page goes on in two statements: H2 and MariaDB do not search an index by {@code (next_at, event_key) > (?, ?)}. */
    static final String AT_THIS_TIME = PAGE.formatted("AND next_at = ? AND event_key > ?");

    /** Bound to the next microsecond: with {@code >}, H2 reads every row of the time that it is to skip. */
    static final String LATER = PAGE.formatted("AND next_at >= ?");

    /** The statements for several webhooks have some of these numbers of branches, so that caches of statements have a use. */
    private static final int BRANCHES_GROW = 4;

    /** The most rows that one statement leases; the pairs are padded to powers of two. */
    private static final int MAX_PAIRS = 256;

    private static final Map.Entry<String, Integer> NOBODY = Map.entry("", 0);

    private final Sql sql;
    private final int lanesAtOnce;
    private final ShortEvents events;
    private final HistoryRows history;
    private final Batch batch = new Batch();
    private final String insert;
    private final SkipScan dueWebhooks;
    private final String lockDue;
    private final String lease;
    private final Optional<String> leaseLocked;
    private final String firstPage;
    private final String atThisTime;
    private final String later;

    ShortStatements(Sql sql, ShortForms forms) {
        this.sql = sql;
        lanesAtOnce = forms.lanesAtOnce();
        events = new ShortEvents(sql, forms);
        history = new HistoryRows(sql);
        insert =
                sql.of("INSERT INTO ${prefix}deliveries (event_key, webhook_id, next_at, first_due_at, fence, attempts,"
                        + " claims) VALUES (?, ?, COALESCE(?, ${fromNow}), COALESCE(?, ${fromNow}), ?, 0, ?)");
        dueWebhooks = forms.skipScan(sql);
        firstPage = sql.of(FIRST_PAGE);
        atThisTime = sql.of(AT_THIS_TIME);
        later = sql.of(LATER);
        lockDue = sql.of(LOCK_DUE + forms.lockDue());
        leaseLocked = forms.leaseLocked().map(sql::of);
        lease = sql.of("UPDATE ${prefix}deliveries SET fence = fence + 1, next_at = ${fromNow}, claims = claims + 1"
                + " WHERE event_key = ? AND webhook_id = ? AND fence = ?");
    }

    /** A delivery to be inserted. */
    private record Row(UUID event, NewDelivery delivery) {}

    /** A row that this transaction has locked, as it was before. */
    private record Locked(Claim claim, Instant nextAt, Instant firstDueAt, int attempts, int claims) {}

    @Override
    public Set<UUID> insert(Connection connection, List<NewEvent> added) throws SQLException {
        // By identity: of an event that is given twice, the first is stored, with its deliveries.
        Set<NewEvent> left = Collections.newSetFromMap(new IdentityHashMap<>());
        left.addAll(events.insert(connection, added));
        List<Row> rows = new ArrayList<>();
        Set<UUID> keys = new LinkedHashSet<>();
        for (NewEvent event : added) {
            if (left.remove(event)) {
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
        sql.bind(statement, 1, row.event);
        statement.setString(2, delivery.webhookId());
        sql.bind(statement, 3, leased ? Optional.empty() : delivery.dueAt());
        sql.fromNow(statement, 4, delivery.lease());
        sql.bind(statement, 5, delivery.dueAt());
        sql.fromNow(statement, 6, Duration.ZERO);
        statement.setInt(7, leased ? Claim.FIRST_FENCE : 0);
        statement.setInt(8, leased ? 1 : 0);
    }

    @Override
    public Map<String, Instant> due(Connection connection, int limit) throws SQLException {
        return dueWebhooks.next(connection, limit);
    }

    @Override
    public List<Claimed> claim(Connection connection, Map<String, Integer> room, Duration duration)
            throws SQLException {
        List<Locked> locked = lockDue(connection, room);
        Set<Locked> leased = lease(connection, locked, duration);
        Map<UUID, StoredEvent> read = events.read(
                connection, leased.stream().map(row -> row.claim.event()).toList());
        List<Claimed> claimed = new ArrayList<>(leased.size());
        for (Locked row : locked) {
            Claim before = row.claim;
            StoredEvent event = read.get(before.event());
            if (event != null && leased.contains(row)) {
                claimed.add(new Claimed(
                        new Claim(before.event(), before.webhookId(), before.fence() + 1),
                        DeliveryRows.attempts(row.attempts),
                        DeliveryRows.claims(row.claims + 1),
                        DeliveryRows.starts(row.claims + 1),
                        row.nextAt,
                        row.firstDueAt,
                        event,
                        DeliveryRows.former(row.attempts)));
            } else if (event == null && leased.contains(row)) {
                StoreLog.missing(before.event(), before.webhookId());
            }
        }
        return claimed;
    }

    private List<Locked> lockDue(Connection connection, Map<String, Integer> room) throws SQLException {
        List<Map.Entry<String, Integer>> lanes = List.copyOf(room.entrySet());
        List<Locked> locked = new ArrayList<>();
        int from = 0;
        while (from < lanes.size()) {
            int branches = branches(lanes.size() - from);
            String each = branches == 1 ? lockDue : "(" + lockDue + ")";
            try (PreparedStatement statement =
                    connection.prepareStatement(each + (" UNION ALL " + each).repeat(branches - 1))) {
                do {
                    bind(statement, lanes, from, branches);
                    read(statement, locked);
                    from += branches;
                } while (from < lanes.size() && branches(lanes.size() - from) == branches);
            }
        }
        locked.sort(Comparator.comparing(Locked::nextAt).thenComparing(row -> row.claim.event()));
        return locked;
    }

    private int branches(int lanes) {
        int branches = 1;
        while (branches < lanes && branches < lanesAtOnce) {
            branches *= BRANCHES_GROW;
        }
        return branches;
    }

    private void bind(PreparedStatement statement, List<Map.Entry<String, Integer>> lanes, int from, int branches)
            throws SQLException {
        int index = 1;
        for (int i = from; i < from + branches; i++) {
            Map.Entry<String, Integer> lane = i < lanes.size() ? lanes.get(i) : NOBODY;
            statement.setString(index++, lane.getKey());
            sql.fromNow(statement, index++, Duration.ZERO);
            statement.setInt(index++, lane.getValue());
        }
    }

    private void read(PreparedStatement statement, List<Locked> locked) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                locked.add(new Locked(
                        new Claim(sql.key(row, 1), row.getString(7), row.getInt(4)),
                        sql.instant(row, 2),
                        sql.instant(row, 3),
                        row.getInt(5),
                        row.getInt(6)));
            }
        }
    }

    private void leaseLocked(Connection connection, String update, List<Locked> locked, Duration duration)
            throws SQLException {
        for (int from = 0; from < locked.size(); from += MAX_PAIRS) {
            List<Locked> some = locked.subList(from, Math.min(from + MAX_PAIRS, locked.size()));
            int pairs = some.size() == 1 ? 1 : Integer.highestOneBit(some.size() - 1) * 2;
            try (PreparedStatement statement =
                    connection.prepareStatement(update + "((?, ?)" + ", (?, ?)".repeat(pairs - 1) + ")")) {
                sql.fromNow(statement, 1, duration);
                for (int i = 0; i < pairs; i++) {
                    Claim claim = some.get(Math.min(i, some.size() - 1)).claim;
                    sql.bind(statement, 2 * i + 2, claim.event());
                    statement.setString(2 * i + 3, claim.webhookId());
                }
                statement.executeUpdate();
            }
        }
    }

    /** Leases rows that were locked; returns those that still were as they were. */
    private Set<Locked> lease(Connection connection, List<Locked> locked, Duration duration) throws SQLException {
        if (leaseLocked.isPresent()) {
            leaseLocked(connection, leaseLocked.get(), locked, duration);
            return new HashSet<>(locked);
        }
        List<Locked> ordered = locked.stream()
                .sorted(Comparator.comparing(Locked::claim, DeliveryRows.BY_KEY))
                .toList();
        return new HashSet<>(batch.changed(connection, lease, ordered, (statement, row) -> {
            sql.fromNow(statement, 1, duration);
            sql.bind(statement, 2, row.claim);
        }));
    }

    @Override
    public void remember(Connection connection, List<HistoryEntry> entries) throws SQLException {
        history.add(connection, entries);
    }

    // ---- sweeps

    @Override
    public List<Candidate> page(Connection connection, String webhookId, Optional<Sweep.Place> after, int limit)
            throws SQLException {
        if (after.isEmpty()) {
            return page(connection, firstPage, webhookId, limit, (statement, index) -> index);
        }
        Sweep.Place place = after.get();
        List<Candidate> page = page(connection, atThisTime, webhookId, limit, (statement, index) -> {
            sql.bind(statement, index, place.nextAt());
            sql.bind(statement, index + 1, place.event());
            return index + 2;
        });
        if (page.size() < limit) {
            page.addAll(page(connection, later, webhookId, limit - page.size(), (statement, index) -> {
                sql.bind(statement, index, place.nextAt().plus(1, ChronoUnit.MICROS));
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
                            new Claim(sql.key(row, 1), webhookId, row.getInt(4)),
                            sql.instant(row, 2),
                            sql.instant(row, 3),
                            row.getInt(5),
                            row.getInt(6) == 1));
                }
            }
        }
        return page;
    }
}
