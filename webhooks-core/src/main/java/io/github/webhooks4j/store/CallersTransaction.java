package io.github.webhooks4j.store;

/** One of the application's transactions, which the store takes part in but does not end. */
public interface CallersTransaction {
    /**
     * Runs this when the transaction seems to be committed, and preferably also when it ended otherwise. It is quick and throws
     * nothing. The caller does not trust the hint, but asks {@link DeliveryQueue#confirm}.
     *
     * @return whether the store will learn about the end of the transaction; if not, this never runs
     */
    boolean afterCommit(Runnable hint);
}
