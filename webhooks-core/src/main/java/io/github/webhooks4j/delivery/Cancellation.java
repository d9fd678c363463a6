package io.github.webhooks4j.delivery;

/** What became of the wish to cancel a delivery. */
public enum Cancellation {
    /** It has ended, and nothing is sent any more. */
    CANCELED,
    /** It has ended, but an attempt was under way: its request may still arrive, or have arrived. */
    CANCELED_UNDER_WAY,
    /** It had ended before. Nothing was changed. */
    ALREADY_ENDED,
    /** There is no delivery with this id. */
    NOT_FOUND
}
