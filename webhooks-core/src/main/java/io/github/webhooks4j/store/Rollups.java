package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.HourlyCount;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What came of attempts, by webhook and hour, added up over all nodes. All calls are made in transactions of the store's own.
 */
public interface Rollups {
    /**
     * Adds counts to those that are there. A call that threw may be repeated under its number: if it did take effect, the second one
     * changes nothing.
     *
     * @param writer who counted; makes no two calls at a time
     * @param number counts the parts that this writer adds, from 1; one that is not above the last changes nothing
     * @param counts different ones
     */
    void add(UUID writer, long number, List<HourlyCount> counts);

    /**
     * The counts of a webhook, in the order of their hours.
     *
     * @param from the first hour, or a moment within it
     * @param to where it ends; counts of hours that begin at this moment are left out
     * @param limit how many at most
     */
    List<HourlyCount> ofWebhook(TenantScope scope, String webhookId, Instant from, Instant to, int limit);

    /**
     * The sums over all webhooks in a scope, in the order of their hours.
     *
     * @param budget how many counts are read at most
     * @return empty if there are more than that
     */
    Optional<List<HourlyCount>> totals(TenantScope scope, Instant from, Instant to, int budget);

    /**
     * Deletes counts of hours that began before an instant, the oldest first, and what need not be known any more of those who added
     * them: a part is not repeated after a week.
     *
     * @param limit how many at most
     * @return how many; the limit, if there may be more
     */
    int forget(Instant begunBefore, int limit);
}
