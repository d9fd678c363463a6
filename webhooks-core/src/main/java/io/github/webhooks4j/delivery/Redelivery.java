package io.github.webhooks4j.delivery;

/** What became of the wish to send a delivery again. */
public enum Redelivery {
    /** It is due now, and is sent as soon as it is its turn. */
    DUE,
    /**
     * It is due now, but held: its webhook is paused or disabled, its receiver does not answer, or its rate limit is used up. It is
     * sent before everything else that waits for the webhook.
     */
    HELD,
    /** An attempt is under way at this moment. Nothing was changed. */
    UNDER_WAY,
    /** The event is no longer stored, so that there is nothing to send. */
    EVENT_GONE,
    /** The webhook was removed, or disabled by hand, and gets nothing. */
    NO_WEBHOOK,
    /** It is a test call, which is not sent again. Make another one. */
    TEST,
    /** There is no delivery with this id. */
    NOT_FOUND
}
