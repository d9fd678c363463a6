package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What is done in one way by short statements and in another by statements with arrays, each within one transaction. */
interface Statements {
    /** See {@link io.github.webhooks4j.store.DeliveryQueue#insert}. */
    Set<UUID> insert(Connection connection, List<NewEvent> added) throws SQLException;

    /** See {@link io.github.webhooks4j.store.DeliveryQueue#due}. */
    Map<String, Instant> due(Connection connection, int limit) throws SQLException;

    /**
     * Claims what is due, the earliest of each webhook first.
     *
     * @param room how many at most, by webhook id; one at least
     */
    List<Claimed> claim(Connection connection, Map<String, Integer> room, Duration lease) throws SQLException;

    /** Adds to the history. */
    void remember(Connection connection, List<HistoryEntry> entries) throws SQLException;

    /** The next deliveries of a webhook behind a place, in the order in which they are due; not locked. */
    List<Candidate> page(Connection connection, String webhookId, Optional<Sweep.Place> after, int limit)
            throws SQLException;

    /**
     * A row that a sweep looks at.
     *
     * @param claim with the fence that it has now
     * @param leased whether its claim's lease has not passed
     */
    record Candidate(Claim claim, Instant nextAt, Instant firstDueAt, int attempts, boolean leased) {}
}
