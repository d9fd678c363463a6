package io.github.webhooks4j.delivery;

/** The state of a delivery. Only {@code PENDING} can change into another state, except by redelivery. */
public enum DeliveryState {
    /** It was not attempted yet, or will be attempted again. */
    PENDING,
    /** The receiver took it. */
    DELIVERED,
    /** The last attempt that the retry policy allows failed, or the receiver answered that it is gone for good. */
    EXHAUSTED,
    /** It was canceled before it was delivered, because its webhook was removed, disabled, or resumed without its backlog. */
    CANCELED,
    /**
     * It was given up, since it may be what ends processes: five times it was started with no other suspect beside it, and each time
     * the process ended before it knew what became of it. The receiver may have taken it.
     */
    ABANDONED
}
