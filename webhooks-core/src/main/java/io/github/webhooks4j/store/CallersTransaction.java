package io.github.webhooks4j.store;

/** A transaction of the application's own, which the store takes part in but does not end. */
public interface CallersTransaction {
    /**
     * Has something run when the transaction seems to have been committed, and best however else it ended. It is quick, throws
     * nothing, and is never trusted: see {@link DeliveryQueue#confirm}.
     *
     * @return whether the store will know; false if nobody will tell it
     */
    boolean afterCommit(Runnable hint);
}
