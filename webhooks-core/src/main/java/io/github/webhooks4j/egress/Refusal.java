package io.github.webhooks4j.egress;

import java.util.Objects;

/**
 * One rule that a URL breaks.
 *
 * @param code a stable name of the rule, such as {@code scheme}
 * @param message what is wrong and what to enter instead; fit for the customer, without any part of the URL that may be
 *     secret
 */
public record Refusal(String code, String message) {
    /** Checks for null only. */
    public Refusal {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
    }
}
