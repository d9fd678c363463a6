package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.StoredEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists deliveries, the unfinished together with those that have ended. Both are read by one statement, so that none that ends
 * meanwhile is missed, in branches that each read a bounded part of one index in the order of the list. What no index selects is
 * filtered here: so what is read is bounded, however little of it is meant.
 */
final class DeliveryLists {
    /** How many rows a branch reads at once if they have to be filtered. */
    private static final int CHUNK = 250;
    /** The most webhooks whose pending deliveries are read by their lanes. */
    private static final int MAX_LANES = 500;
    /** The most pending deliveries in those lanes; if there are more, all pending ones are read in the order of the list. */
    private static final int FEW = 500;
    /** The rows that a branch reads at most beside those that it returns. */
    private static final int AROUND = 4;
    /** The number of deliveries whose last attempts one statement reads. */
    private static final int LAST_AT_ONCE = 16;

    private static final Set<DeliveryState> FAILED =
            Set.of(DeliveryState.EXHAUSTED, DeliveryState.CANCELED, DeliveryState.ABANDONED);

    private static final Comparator<ListedRow> ORDER = Comparator.comparing(ListedRow::place, Place.ORDER);

    private final Sql sql;
    private final EventRows events;
    private final ListBranches branches;
    private final String ofTenant;
    private final String pending;
    private final String named;
    private final String lastOne;
    private final String standing;

    DeliveryLists(Sql sql) {
        this.sql = sql;
        events = new EventRows(sql);
        branches = new ListBranches(sql);
        ofTenant = sql.of("SELECT id FROM ${prefix}documents WHERE kind = 'WEBHOOK' AND tenant = ? LIMIT ?");
        pending = "SELECT 1 FROM ${prefix}deliveries ${use deliveries_due} %s LIMIT ?";
        String range = " WHERE event_key >= ? AND event_key <= ?";
        named = sql.of("SELECT " + ListedRow.ENDED + " FROM ${prefix}attempts" + range + " AND standing IS NOT NULL"
                + " UNION ALL SELECT " + ListedRow.PENDING + " FROM ${prefix}deliveries" + range);
        lastOne = sql.of("SELECT event_key, webhook_id, status, failure, failure_detail, final_state, repetition"
                + " FROM ${prefix}attempts WHERE event_key = ? AND webhook_id = ? AND number = ? AND repetition < "
                + HistoryEntry.END);
        standing = sql.of("SELECT " + ListedRow.ENDED + " FROM ${prefix}attempts"
                + " WHERE event_key = ? AND webhook_id = ? AND standing IS NOT NULL");
    }

    /** The delivery with this id, as lists have it. */
    Optional<Delivery> find(Connection connection, DeliveryId id) throws SQLException {
        Optional<ListedRow> row = row(connection, id);
        return row.isPresent()
                ? complete(connection, List.of(row.get())).stream().findFirst()
                : Optional.empty();
    }

    /** The event and the webhook of the delivery with this id. */
    Optional<Place> place(Connection connection, DeliveryId id) throws SQLException {
        return row(connection, id).map(ListedRow::place);
    }

    private Optional<ListedRow> row(Connection connection, DeliveryId id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(named)) {
            for (int i = 0; i < 2; i++) {
                sql.bind(statement, 2 * i + 1, id.firstKey());
                sql.bind(statement, 2 * i + 2, id.lastKey());
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ListedRow read = ListedRow.read(row, sql);
                    if (id.names(read.place().event(), read.place().webhookId())) {
                        return Optional.of(read);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** See {@link io.github.webhooks4j.store.DeliveryHistory#list}. */
    DeliveryPage list(Connection connection, DeliveryFilter filter, Optional<Place> after, int limit, int budget)
            throws SQLException {
        Part part = read(connection, filter, after, limit, budget);
        return new DeliveryPage(complete(connection, part.rows), part.next);
    }

    /**
     * A part of a list.
     *
     * @param next after which place the list goes on; empty at its end
     */
    record Part(List<ListedRow> rows, Optional<Place> next) {
        static final Part NOTHING = new Part(List.of(), Optional.empty());
    }

    /** Reads a part of a list. */
    Part read(Connection connection, DeliveryFilter filter, Optional<Place> after, int limit, int budget)
            throws SQLException {
        Optional<ListBounds> bounds = bounds(connection, filter, after);
        return bounds.isEmpty() ? Part.NOTHING : new Search(connection, filter, limit, budget).part(bounds.get());
    }

    /** Empty if nothing can be found. */
    private Optional<ListBounds> bounds(Connection connection, DeliveryFilter filter, Optional<Place> after)
            throws SQLException {
        ListBounds bounds = ListBounds.of(filter, after);
        if (filter.eventId().isEmpty()) {
            return Optional.of(bounds);
        }
        String eventId = filter.eventId().get();
        Optional<UUID> stored =
                events.find(connection, filter.scope().tenant(), eventId).map(EventRows.Name::key);
        return stored.or(() -> StoredEvent.keyOf(eventId)).map(bounds::within);
    }

    /** One call of {@link #read}. */
    private final class Search {
        private final Connection connection;
        private final DeliveryFilter filter;
        private final int limit;
        private final List<ListedRow> found = new ArrayList<>();
        private int budget;
        private int inLanes; // what is read again with each part

        Search(Connection connection, DeliveryFilter filter, int limit, int budget) {
            this.connection = connection;
            this.filter = filter;
            this.limit = limit;
            this.budget = budget;
        }

        Part part(ListBounds from) throws SQLException {
            sql.dialect().readInOrder(connection);
            ListBranches.Ended ended = ended();
            Optional<Set<String>> lanes = filter.includes(DeliveryState.PENDING) ? lanes() : Optional.empty();
            ListBounds bounds = from;
            Optional<Place> next = Optional.empty();
            boolean more = true;
            do {
                List<ListBranches.Branch> read = branches.of(filter, ended, lanes, bounds);
                if (read.isEmpty()) {
                    return Part.NOTHING;
                }
                int rows = rows(read.size(), ended, lanes);
                List<ListedRow> part = read(read, rows);
                more = part.size() >= rows;
                List<ListedRow> examined = examined(part, rows, ended);
                for (ListedRow row : named(examined)) {
                    next = Optional.of(row.place());
                    if (isMeant(row)) {
                        found.add(row);
                        if (found.size() == limit) {
                            break;
                        }
                    }
                }
                more = more || (found.size() == limit && !next.equals(last(examined)));
                bounds = next.map(bounds::after).orElse(bounds);
            } while (more && found.size() < limit && budget > 0);
            return new Part(found, more ? next : Optional.empty());
        }

        private ListBranches.Ended ended() {
            if (filter.eventId().isEmpty() && filter.webhookId().isPresent()) {
                return ListBranches.Ended.OF_WEBHOOK;
            }
            if (filter.eventId().isEmpty() && filter.scope().tenant().isPresent()) {
                return ListBranches.Ended.OF_TENANT;
            }
            boolean failed = !filter.states().isEmpty() && FAILED.containsAll(filter.states());
            return failed && filter.eventId().isEmpty() && sql.dialect().findsFailed()
                    ? ListBranches.Ended.FAILED
                    : ListBranches.Ended.ALL;
        }

        /** The webhooks whose lanes are few enough, and short enough, to be read as a whole; empty if there are none such. */
        private Optional<Set<String>> lanes() throws SQLException {
            if (filter.eventId().isPresent()) {
                return Optional.empty();
            }
            Optional<Set<String>> owners = filter.webhookId().map(Set::of);
            if (owners.isEmpty() && !filter.scope().everything() && pending(Optional.empty()) > FEW) {
                owners = webhooks();
            }
            if (owners.isEmpty() || owners.get().isEmpty()) {
                return owners;
            }
            int pending = pending(owners);
            if (pending > FEW) {
                return Optional.empty();
            }
            inLanes = 2 * pending + AROUND * ListBranches.padded(owners.get().size());
            return owners;
        }

        private Optional<Set<String>> webhooks() throws SQLException {
            Set<String> ids = Dialect.texts(
                    connection,
                    ofTenant.replace("LIMIT ?", "LIMIT " + (MAX_LANES + 1)),
                    filter.scope().tenant().orElse(""));
            budget -= ids.size();
            return ids.size() > MAX_LANES ? Optional.empty() : Optional.of(ids);
        }

        /** How many deliveries are pending, of all webhooks or of some; of more than a few it counts one more. */
        private int pending(Optional<Set<String>> webhookIds) throws SQLException {
            Set<String> ids = webhookIds.orElse(Set.of());
            String where = ids.isEmpty() ? "" : "WHERE webhook_id IN (" + ListBranches.parameters(ids.size()) + ")";
            try (PreparedStatement statement = connection.prepareStatement(sql.of(pending.formatted(where)))) {
                int index = ListBranches.bindAll(statement, 1, ids);
                statement.setInt(index, FEW + 1);
                int counted = 0;
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        counted++;
                    }
                }
                budget -= counted;
                return counted;
            }
        }

        private int rows(int branches, ListBranches.Ended ended, Optional<Set<String>> lanes) {
            boolean exact = ended != ListBranches.Ended.ALL
                    && lanes.isPresent()
                    && filter.type().isEmpty()
                    && filter.test().isEmpty();
            int wanted = exact ? limit - found.size() + 1 : Math.max(CHUNK, limit - found.size() + 1);
            return Math.max(1, Math.min(wanted, (budget - inLanes) / branches - AROUND));
        }

        private List<ListedRow> read(List<ListBranches.Branch> read, int rows) throws SQLException {
            List<ListedRow> part = new ArrayList<>();
            String select =
                    read.stream().map(branch -> "(" + branch.select() + ")").collect(Collectors.joining(" UNION ALL "));
            try (PreparedStatement statement = connection.prepareStatement(select)) {
                int index = 1;
                for (ListBranches.Branch branch : read) {
                    index = branch.binder().bind(statement, index);
                    statement.setInt(index++, rows);
                }
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        part.add(ListedRow.read(row, sql));
                    }
                }
            }
            budget -= part.size() + inLanes + AROUND * read.size();
            part.sort(ORDER);
            return part;
        }

        /** The rows up to which every branch was read, all of the last delivery among them. */
        private List<ListedRow> examined(List<ListedRow> part, int rows, ListBranches.Ended ended) throws SQLException {
            if (part.size() < rows) {
                return part;
            }
            Place last = part.get(rows - 1).place();
            int end = rows;
            while (end < part.size() && part.get(end).place().equals(last)) {
                end++;
            }
            List<ListedRow> examined = new ArrayList<>(part.subList(0, end));
            boolean known = examined.stream()
                    .anyMatch(row -> row.place().equals(last) && row.state().isPresent());
            if (ended == ListBranches.Ended.ALL && !known) {
                standing(last).ifPresent(examined::add);
            }
            return examined;
        }

        private Optional<ListedRow> standing(Place place) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(standing)) {
                sql.bind(statement, 1, place.event());
                statement.setString(2, place.webhookId());
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(ListedRow.read(row, sql)) : Optional.empty();
                }
            }
        }

        /** Pending ones get the names of their events. */
        private List<ListedRow> named(List<ListedRow> rows) throws SQLException {
            List<UUID> keys = rows.stream()
                    .filter(ListedRow::isPending)
                    .map(row -> row.place().event())
                    .distinct()
                    .toList();
            budget -= keys.size();
            return DeliveryLists.this.named(connection, rows, keys);
        }

        private boolean isMeant(ListedRow row) {
            if (row.state().isEmpty() || !filter.includes(row.state().get())) {
                return false;
            }
            ListedRow.Event event = row.event().orElseThrow();
            return filter.scope().includes(event.tenant())
                    && filter.webhookId()
                            .filter(id -> !id.equals(row.place().webhookId()))
                            .isEmpty()
                    && filter.type().filter(type -> !type.equals(event.type())).isEmpty()
                    && filter.test().filter(test -> test != event.test()).isEmpty();
        }
    }

    private static Optional<Place> last(List<ListedRow> rows) {
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(rows.get(rows.size() - 1).place());
    }

    private List<ListedRow> named(Connection connection, List<ListedRow> rows, List<UUID> keys) throws SQLException {
        if (keys.isEmpty()) {
            return rows;
        }
        Map<UUID, EventRows.Name> names = events.names(connection, keys);
        return rows.stream()
                .map(row -> row.isPending()
                        ? row.with(ListedRow.Event.of(
                                Objects.requireNonNull(names.get(row.place().event()))))
                        : row)
                .toList();
    }

    /** Deliveries with all that is shown of them: what the rows lack is read. */
    List<Delivery> complete(Connection connection, List<ListedRow> rows) throws SQLException {
        List<UUID> unnamed = rows.stream()
                .filter(row -> row.event().isEmpty())
                .map(row -> row.place().event())
                .distinct()
                .toList();
        List<ListedRow> named = named(connection, rows, unnamed);
        Map<Place, ListedRow.Last> last =
                last(connection, named.stream().filter(ListedRow::lacksLast).toList());
        return named.stream()
                .map(row -> row.lacksLast() ? row.with(Optional.ofNullable(last.get(row.place()))) : row)
                .map(ListedRow::delivery)
                .toList();
    }

    private Map<Place, ListedRow.Last> last(Connection connection, List<ListedRow> rows) throws SQLException {
        Map<Place, ListedRow.Last> found = new HashMap<>();
        Map<Place, Integer> repetitions = new HashMap<>();
        for (int from = 0; from < rows.size(); from += LAST_AT_ONCE) {
            List<ListedRow> some = rows.subList(from, Math.min(from + LAST_AT_ONCE, rows.size()));
            int size = some.size() == 1 ? 1 : LAST_AT_ONCE;
            String select = Stream.generate(() -> lastOne).limit(size).collect(Collectors.joining(" UNION ALL "));
            try (PreparedStatement statement = connection.prepareStatement(select)) {
                for (int i = 0; i < size; i++) {
                    ListedRow row = some.get(Math.min(i, some.size() - 1));
                    sql.bind(statement, 3 * i + 1, row.place().event());
                    statement.setString(3 * i + 2, row.place().webhookId());
                    statement.setInt(3 * i + 3, row.attempts());
                }
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        Place place = new Place(sql.key(row, 1), row.getString(2));
                        int repetition = row.getInt(7);
                        if (repetitions.getOrDefault(place, -1) < repetition) {
                            repetitions.put(place, repetition);
                            ListedRow.Last.of(row, 3).ifPresent(last -> found.put(place, last));
                        }
                    }
                }
            }
        }
        return found;
    }
}
