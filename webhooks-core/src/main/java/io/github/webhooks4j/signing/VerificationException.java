package io.github.webhooks4j.signing;

/** A received message must not be trusted. The message says what did not hold, and contains nothing secret. */
public final class VerificationException extends Exception {
    private static final long serialVersionUID = 1L;

    VerificationException(String reason) {
        super(reason);
    }
}
