package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.DeliveryFilter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The parts of the statement that reads a list: each reads so many rows of one index, in the order of the list. */
final class ListBranches {
    /** By which index ended deliveries are found. */
    enum Ended {
        OF_WEBHOOK("webhook_id", "attempts_of_webhook"),
        OF_TENANT("tenant", "attempts_of_tenant"),
        FAILED("", "attempts_failed"),
        /** Every row of the history. */
        ALL("", "attempts_delivery");

        private final String owner;
        private final String index;

        Ended(String owner, String index) {
            this.owner = owner;
            this.index = index;
        }
    }

    /** More than there can be, so that the lanes are read before they are ordered. */
    private static final int ALL_OF_A_LANE = 1_000_000;

    private static final String AT_THIS_KEY = "event_key = ? AND webhook_id < ?";
    private static final String BELOW = "event_key < ? AND event_key >= ?";
    private static final String LATEST = "event_key DESC, webhook_id DESC";

    private final Sql sql;

    ListBranches(Sql sql) {
        this.sql = sql;
    }

    /**
     * A select.
     *
     * @param select its last parameter is how many rows at most
     * @param binder binds all others
     */
    record Branch(String select, Binder binder) {}

    /** Binds parameters from an index on; returns the next index. */
    interface Binder {
        int bind(PreparedStatement statement, int index) throws SQLException;
    }

    /**
     * The branches for a list, at least one; those of the history first, by whose columns databases decide of what types the others
     * are.
     *
     * @param lanes the webhooks whose lanes are to be read; empty to read all that is pending
     */
    List<Branch> of(DeliveryFilter filter, Ended ended, Optional<Set<String>> lanes, ListBounds bounds) {
        List<Branch> all = new ArrayList<>();
        if (ended == Ended.ALL) {
            if (filter.states().isEmpty() || !filter.states().equals(Set.of(DeliveryState.PENDING))) {
                all.addAll(inOrder(ListedRow.ENDED, "attempts", ended.index, "", (statement, index) -> index, bounds));
            }
        } else {
            for (DeliveryState state : DeliveryState.values()) {
                States.code(state)
                        .filter(code -> filter.includes(state))
                        .ifPresent(code -> all.addAll(ended(filter, ended, code, bounds)));
            }
        }
        if (filter.includes(DeliveryState.PENDING)) {
            all.addAll(pending(lanes, bounds));
        }
        return all;
    }

    private List<Branch> ended(DeliveryFilter filter, Ended ended, int code, ListBounds bounds) {
        String condition = (ended.owner.isEmpty() ? "" : ended.owner + " = ? AND ") + "standing = " + code + " AND ";
        String equal = ended.owner.isEmpty() ? "standing" : ended.owner + ", standing";
        if (ended == Ended.OF_WEBHOOK) {
            String webhookId = filter.webhookId().orElseThrow();
            String select = "SELECT " + ListedRow.ENDED + " FROM ${prefix}attempts ${use " + ended.index + "} WHERE "
                    + condition + BELOW + " ORDER BY ${equal " + equal + "} event_key DESC LIMIT ?";
            return List.of(new Branch(sql.of(select), (statement, index) -> {
                statement.setString(index, webhookId);
                sql.bind(statement, index + 1, bounds.below(webhookId));
                sql.bind(statement, index + 2, bounds.low());
                return index + 3;
            }));
        }
        return inOrder(
                ListedRow.ENDED,
                "attempts",
                ended.index,
                condition,
                equal,
                (statement, index) -> {
                    if (ended.owner.isEmpty()) {
                        return index;
                    }
                    statement.setString(index, filter.scope().tenant().orElseThrow());
                    return index + 1;
                },
                bounds);
    }

    private List<Branch> pending(Optional<Set<String>> lanes, ListBounds bounds) {
        if (lanes.isEmpty()) {
            return inOrder(
                    ListedRow.PENDING, "deliveries", Dialect.PRIMARY_KEY, "", (statement, index) -> index, bounds);
        }
        Set<String> webhookIds = lanes.get();
        if (webhookIds.isEmpty()) {
            return List.of();
        }
        String select = "SELECT " + ListedRow.PENDING + " FROM (SELECT event_key, webhook_id, attempts, fence, next_at,"
                + " first_due_at"
                + " FROM ${prefix}deliveries ${use deliveries_due} WHERE webhook_id IN ("
                + parameters(webhookIds.size()) + ") LIMIT " + ALL_OF_A_LANE
                + ") AS lane WHERE (event_key < ? OR (" + AT_THIS_KEY + ")) AND event_key >= ? ORDER BY " + LATEST
                + " LIMIT ?";
        return List.of(new Branch(sql.of(select), (statement, index) -> {
            int next = bindAll(statement, index, webhookIds);
            sql.bind(statement, next, bounds.high().event());
            sql.bind(statement, next + 1, bounds.high().event());
            statement.setString(next + 2, bounds.high().webhookId());
            sql.bind(statement, next + 3, bounds.low());
            return next + 4;
        }));
    }

    private List<Branch> inOrder(
            String columns, String table, String index, String condition, Binder owner, ListBounds bounds) {
        return inOrder(columns, table, index, condition, "", owner, bounds);
    }

    /**
     * In two steps, since not every database searches an index by a pair: what is left of the event where the list goes on, and older
     * events.
     */
    private List<Branch> inOrder(
            String columns,
            String table,
            String index,
            String condition,
            String equal,
            Binder owner,
            ListBounds bounds) {
        List<Branch> steps = new ArrayList<>();
        String select = "SELECT " + columns + " FROM ${prefix}" + table + " ${use " + index + "} WHERE " + condition;
        if (!bounds.high().webhookId().isEmpty()) {
            String order =
                    " ORDER BY ${equal " + (equal.isEmpty() ? "" : equal + ", ") + "event_key DESC} webhook_id DESC";
            steps.add(new Branch(sql.of(select + AT_THIS_KEY + order + " LIMIT ?"), (statement, at) -> {
                int next = owner.bind(statement, at);
                sql.bind(statement, next, bounds.high().event());
                statement.setString(next + 1, bounds.high().webhookId());
                return next + 2;
            }));
        }
        String order = " ORDER BY " + (equal.isEmpty() ? "" : "${equal " + equal + "} ") + LATEST;
        steps.add(new Branch(sql.of(select + BELOW + order + " LIMIT ?"), (statement, at) -> {
            int next = owner.bind(statement, at);
            sql.bind(statement, next, bounds.high().event());
            sql.bind(statement, next + 1, bounds.low());
            return next + 2;
        }));
        return steps;
    }

    /** So many parameters, or some more, so that there are few different statements. */
    static String parameters(int size) {
        return String.join(", ", Collections.nCopies(padded(size), "?"));
    }

    /** Binds texts to what {@link #parameters} made; returns the next index. */
    static int bindAll(PreparedStatement statement, int index, Collection<String> texts) throws SQLException {
        int next = index;
        String last = "";
        for (String text : texts) {
            statement.setString(next++, text);
            last = text;
        }
        while (next < index + padded(texts.size())) {
            statement.setString(next++, last);
        }
        return next;
    }

    /** So many, or some more. */
    static int padded(int size) {
        return size <= 1 ? size : Integer.highestOneBit(size - 1) * 2;
    }
}
