package io.github.webhooks4j.delivery;

/** Where a delivery stands. {@code PENDING} is the only state that another can follow, except by redelivery. */
public enum DeliveryState {
    /** Not yet attempted, or to be attempted again. */
    PENDING,
    /** The receiver took it. */
    DELIVERED,
    /** The last attempt that the retry policy allows failed, or the receiver said it is gone for good. */
    EXHAUSTED,
    /** Called off before it was delivered, because its webhook was removed. */
    CANCELED
}
