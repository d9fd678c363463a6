package io.github.webhooks4j.signing;

/** The client could not get an access token. The message says why, and contains neither URL nor secret. */
public final class TokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TokenException(String message) {
        super(message);
    }
}
