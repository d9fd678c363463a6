package io.github.webhooks4j;

import java.util.Map;
import java.util.Objects;

/**
 * The request that would be made. Nothing was sent.
 *
 * @param method the HTTP method
 * @param url the webhook's URL, as it would be sent. It may hold a secret: do not log it
 * @param headers by name, without those of the connection. Signatures are real, and receivers accept them: show them only to
 *     people who may send as this webhook. {@code ***} replaces secrets, such as tokens, secret headers and whatever a signer of
 *     the application's own sets
 * @param body the exact bytes. {@code ***} replaces a secret in them; the signatures above are of this masked body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RequestPreview(String method, String url, Map<String, String> headers, byte[] body) {
    /** Copies the headers. */
    public RequestPreview {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(url, "url");
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /** Shows neither URL nor body. */
    @Override
    public String toString() {
        return "RequestPreview[" + method + ", headers=" + headers.keySet() + ", " + body.length + " bytes]";
    }
}
