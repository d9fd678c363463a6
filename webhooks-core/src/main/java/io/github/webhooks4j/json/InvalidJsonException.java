package io.github.webhooks4j.json;

import org.jspecify.annotations.Nullable;

/** A value or a text is not JSON. The message says why and where, without quoting a text. */
public final class InvalidJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidJsonException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
