package io.github.webhooks4j.payload;

import java.time.Instant;
import java.util.Base64;

/** A CloudEvent in structured JSON (CloudEvents 1.0.2; JSON event format 1.0.2; HTTP protocol binding, section 3.2). */
final class CloudEventBody {
    /** The media type of the body. */
    static final String CONTENT_TYPE = "application/cloudevents+json";

    private CloudEventBody() {}

    /**
     * The body of an event whose data is JSON, with the bytes of the data as they are.
     *
     * @param source who sends, a URI reference that is not empty; together with the id, it names the event
     */
    static byte[] of(EventContent event, String source) {
        return head(event.id(), event.type(), event.timestamp(), source, Envelope.CONTENT_TYPE)
                .raw("data", event.data())
                .end();
    }

    /** The body of an event whose data is bytes of another kind, in base64. */
    static byte[] ofBytes(String id, String type, Instant timestamp, String source, String contentType, byte[] data) {
        return head(id, type, timestamp, source, contentType)
                .text("data_base64", Base64.getEncoder().encodeToString(data))
                .end();
    }

    private static JsonObject head(String id, String type, Instant timestamp, String source, String contentType) {
        return new JsonObject()
                .text("specversion", "1.0")
                .text("id", id)
                .text("source", source)
                .text("type", type)
                .text("time", timestamp.toString())
                .text("datacontenttype", contentType);
    }
}
