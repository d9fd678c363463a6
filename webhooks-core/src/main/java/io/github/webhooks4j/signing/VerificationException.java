package io.github.webhooks4j.signing;

import java.util.Objects;

/** A received message must not be trusted. The text says which check failed, and contains nothing secret. */
public final class VerificationException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why a message was refused. */
    public enum Reason {
        /** A header is missing. */
        MISSING_HEADER,
        /** A header has a form that no sender gives it. */
        MALFORMED_HEADER,
        /** No signature matches this message under any of the keys. */
        NO_MATCH,
        /** The timestamp is more than 300 seconds behind this machine's clock. */
        TOO_OLD,
        /** The timestamp is more than 300 seconds ahead of this machine's clock. */
        TOO_NEW,
        /**
         * This message was accepted before. The verifier does not know whether it was processed then. Answer 409: the sender tries
         * again later, with a new timestamp, which is not refused. Look up the {@link Message#id} to learn whether the message was
         * processed. A success would end the delivery of a message that may never have been processed.
         */
        REPLAYED
    }

    private final Reason reason;

    VerificationException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Why it was refused, for code that branches on it. */
    public Reason reason() {
        return reason;
    }
}
