package io.github.webhooks4j.jdbc;

import java.util.Optional;

/** What differs within the {@link ShortStatements} and {@link ShortEvents} from database to database. */
interface ShortForms {
    /**
     * The end of a select from the table of deliveries that locks those of a webhook that are due, the earliest first, leaves out
     * what is locked, and reads no more than it returns; binds webhook id, no time from now and limit.
     */
    String lockDue();

    /** Finds the webhooks that have pending deliveries. */
    SkipScan skipScan(Sql sql);

    /** For how many webhooks one statement locks what is due, as branches of a {@code UNION ALL}. */
    int lanesAtOnce();

    /**
     * The beginning of an update that leases many rows at once, which ends with {@code IN} and pairs of key and webhook; binds a time
     * from now first. Empty where a row that {@link #lockDue} selected may have been changed since, so that each has to be told by its
     * fence.
     */
    Optional<String> leaseLocked();

    /** The end of a select that sees what others committed since the transaction began, whatever its isolation. */
    String seesCommitted();

    /**
     * How many bytes fit into the column {@code data} of the table of events. What is longer is in {@code large_data}, which the
     * table has only where this is less than {@link Integer#MAX_VALUE}.
     */
    int maxData();
}
