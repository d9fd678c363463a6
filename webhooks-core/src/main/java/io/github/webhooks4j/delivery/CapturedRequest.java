package io.github.webhooks4j.delivery;

import java.util.Map;
import java.util.Objects;

/**
 * A request as it is kept for people to look at. {@code ***} replaces every secret in it.
 *
 * @param method the HTTP method
 * @param headers the headers, by name, 16 KiB in all; without those of the connection and the length
 * @param body the beginning of the body as text, at most 16 KiB
 */
public record CapturedRequest(String method, Map<String, String> headers, String body) {
    /** Copies the headers. */
    public CapturedRequest {
        Objects.requireNonNull(method, "method");
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /** Shows neither headers nor body. */
    @Override
    public String toString() {
        return "CapturedRequest[" + method + ", " + headers.size() + " headers, " + body.length() + " characters]";
    }
}
