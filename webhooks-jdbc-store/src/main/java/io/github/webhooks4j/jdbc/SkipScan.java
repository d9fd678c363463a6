package io.github.webhooks4j.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;

/**
 * Finds the webhooks that have pending deliveries, and reads one row of each, however many it has: it skips from the first delivery
 * of a webhook to the first of the next.
 */
interface SkipScan {
    /** The next webhooks, and when the earliest delivery of each is due. */
    Map<String, Instant> next(Connection connection, int limit) throws SQLException;
}
