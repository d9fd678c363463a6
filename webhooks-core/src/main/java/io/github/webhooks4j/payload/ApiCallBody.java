package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
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

    /** The id of a delivery as a UUID, made of what names it (RFC 9562, section 5.8): the same in each attempt. */
    static String id(String tenant, String eventId, String webhookId) {
        byte[] names = String.join("\0", tenant, eventId, webhookId).getBytes(UTF_8);
        try {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(names));
            long high = (hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
            long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
            return new UUID(high, low).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
