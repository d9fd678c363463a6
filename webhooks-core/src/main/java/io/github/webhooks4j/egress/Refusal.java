package io.github.webhooks4j.egress;

import java.util.Objects;
import java.util.Optional;

/**
 * One rule that a URL or a header breaks.
 *
 * @param code a stable name of the rule, such as {@code scheme}
 * @param message what is wrong and what to enter instead; safe to show to the customer, without any part of the URL that may be
 *     secret
 * @param remedy the call of {@link EgressPolicy.Builder} that would allow it, with the host's name or address or the port, and no
 *     other part of the URL. For the operator's log, not for customers. Empty if no call allows it, or none should
 */
public record Refusal(String code, String message, Optional<String> remedy) {
    /** Checks for null only. */
    public Refusal {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** Shows no remedy, so that no customer sees it by accident. */
    @Override
    public String toString() {
        return "Refusal[" + code + ", " + message + "]";
    }

    /** One that nothing allows. */
    Refusal(String code, String message) {
        this(code, message, Optional.empty());
    }

    /** One that the operator could allow. */
    Refusal(String code, String message, String remedy) {
        this(code, message, Optional.of(remedy));
    }
}
