package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The body that tells of an API call:
 * {@code {"event":{"id","label"},"id","request":{"tag","method","url","body"},"response":{"status","body"},"secret"}}.
 */
final class ApiCallBody {
    /** The media type of the body. */
    static final String CONTENT_TYPE = "application/json";

    private ApiCallBody() {}

    /**
     * The body for an event whose data has a {@code request}, a {@code response} and a {@code triggerId}.
     *
     * @param id the delivery's id, a UUID
     * @param secret left out if null
     * @throws RenderException if the event's data is something else
     */
    static byte[] of(EventContent event, String id, @Nullable String secret) {
        JsonNode call = call(event);
        JsonObject body = new JsonObject()
                .raw(
                        "event",
                        new JsonObject()
                                .raw("id", json(call.path("triggerId")))
                                .text("label", event.type())
                                .end())
                .text("id", id)
                .raw("request", json(call.path("request")))
                .raw("response", json(call.path("response")));
        if (secret != null) {
            body.text("secret", secret);
        }
        return body.end();
    }

    private static JsonNode call(EventContent event) {
        try {
            JsonNode call = Json.tree(event.data());
            if (call.path("triggerId").isIntegralNumber()
                    && call.path("request").isObject()
                    && call.path("response").isObject()) {
                return call;
            }
        } catch (InvalidJsonException e) {
            // Nor is it a call.
        }
        throw new RenderException("the event's data is not an API call");
    }

    private static byte[] json(JsonNode value) {
        return Json.text(value).getBytes(UTF_8);
    }
}
