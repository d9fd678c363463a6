package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body that tells of an API call:
 * {@code {"event":{"id","label"},"id","request":{"tag","method","url","body"},"response":{"status","body"},"secret"}}.
 */
public final class ApiCallBody {
    /** The media type of the body. */
    public static final String CONTENT_TYPE = "application/json";

    private ApiCallBody() {}

    /**
     * The request that was made.
     *
     * @param tag the tag of the route that was called; null if it has none
     * @param method written in lower case
     * @param body one JSON value; null if there was none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record CallRequest(@Nullable String tag, String method, String url, byte @Nullable [] body) {}

    /**
     * The answer that was given.
     *
     * @param body one JSON value; null if there was none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record CallResponse(int status, byte @Nullable [] body) {}

    /**
     * The body.
     *
     * @param triggerId the id of the rule that the call matched
     * @param label its name
     * @param id the delivery's id, a UUID
     * @param secret left out if null
     */
    public static byte[] of(
            long triggerId,
            String label,
            String id,
            CallRequest request,
            CallResponse response,
            @Nullable String secret) {
        Objects.requireNonNull(id, "id");
        JsonObject body = new JsonObject()
                .raw(
                        "event",
                        new JsonObject()
                                .number("id", triggerId)
                                .text("label", label)
                                .end())
                .text("id", id)
                .raw("request", json(request))
                .raw("response", json(response));
        if (secret != null) {
            body.text("secret", secret);
        }
        return body.end();
    }

    private static byte[] json(CallRequest request) {
        return new JsonObject()
                .text("tag", request.tag())
                .text("method", request.method().toLowerCase(Locale.ROOT))
                .text("url", request.url())
                .raw("body", orNull(request.body()))
                .end();
    }

    private static byte[] json(CallResponse response) {
        return new JsonObject()
                .number("status", response.status())
                .raw("body", orNull(response.body()))
                .end();
    }

    private static byte[] orNull(byte @Nullable [] json) {
        return json == null ? "null".getBytes(UTF_8) : json;
    }
}
