package io.github.webhooks4j.signing;

import java.util.Objects;

/** A received message must not be trusted. The message says what did not hold, and contains nothing secret. */
public final class VerificationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why a message was refused. */
    public enum Reason {
        /** A header is missing. */
        MISSING_HEADER,
        /** A header has a form that no sender gives it. */
        MALFORMED_HEADER,
        /** No signature is that of this message under any of the keys. */
        NO_MATCH,
        /** The timestamp is more than 300 seconds behind this machine's clock. */
        TOO_OLD,
        /** The timestamp is more than 300 seconds ahead of this machine's clock. */
        TOO_NEW,
        /**
         * This very message was accepted before; whether its work was done then, or broken off, is not known here. Answer 409:
         * the sender tries again later, with a new timestamp, which is not refused. Whether the work is done, the {@link
         * Message#id} tells. An answer of success would end the delivery of what may never have been processed.
         */
        REPLAYED
    }

    private final Reason reason;

    VerificationException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Why, in a form to branch on. */
    public Reason reason() {
        return reason;
    }
}
