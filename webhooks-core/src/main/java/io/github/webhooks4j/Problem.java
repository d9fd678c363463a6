package io.github.webhooks4j;

import java.io.Serializable;
import java.util.Objects;

/**
 * One thing wrong with a webhook's settings.
 *
 * @param field which setting, such as {@code url}
 * @param code a stable name of the rule that was broken, such as {@code url.scheme}
 * @param message what is wrong and what to enter instead; safe to show to the customer, and free of secrets
 */
public record Problem(String field, String code, String message) implements Serializable {
    /** Checks for null only. */
    public Problem {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }
}
