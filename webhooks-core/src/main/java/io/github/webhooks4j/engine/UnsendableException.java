package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.Failure;

/** A request could not be made, so that nothing was sent. */
public final class UnsendableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Failure failure;
    private final String reason;

    /**
     * A request that could not be made.
     *
     * @param failure what the attempt ends as
     * @param reason why, for the log, without anything secret; empty if it need not be logged
     */
    public UnsendableException(Failure failure, String reason) {
        super(reason);
        this.failure = failure;
        this.reason = reason;
    }

    Failure failure() {
        return failure;
    }

    String reason() {
        return reason;
    }
}
