package io.github.webhooks4j.history;

import java.time.Duration;
import java.util.Objects;

/**
 * Test calls were refused, since too many were made: of one tenant in the last minute, or at the same time. Nothing was sent. The
 * message says which, and how many test calls are left. Webhooks without a tenant count as those of one tenant.
 */
public final class TooManyTestsException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /** Made by the client. */
    public TooManyTestsException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** How long to wait before the same call may be made, if nobody else makes one: more than zero, and at most a minute. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
