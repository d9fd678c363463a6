package io.github.webhooks4j.jdbc;

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

    /** The end of a select that sees what others committed since the transaction began, whatever its isolation. */
    String seesCommitted();

    /**
     * How many bytes fit into the column {@code data} of the table of events. What is longer is in {@code large_data}, which the
     * table has only where this is less than {@link Integer#MAX_VALUE}.
     */
    int maxData();
}
