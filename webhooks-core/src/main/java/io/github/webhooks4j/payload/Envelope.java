package io.github.webhooks4j.payload;

import java.time.Instant;

/** The standard body: {@code {"id":…,"type":…,"timestamp":…,"data":…}}. */
final class Envelope {
    /** The media type of the body. */
    static final String CONTENT_TYPE = "application/json";

    private Envelope() {}

    /**
     * The body, with the bytes of the data as they are.
     *
     * @param timestamp when the event happened, written as ISO 8601 in UTC
     * @param data one JSON value
     */
    static byte[] of(String id, String type, Instant timestamp, byte[] data) {
        return of("timestamp", id, type, timestamp, data);
    }

    /** The body with {@code created_at} in the place of {@code timestamp}. */
    static byte[] withCreatedAt(String id, String type, Instant timestamp, byte[] data) {
        return of("created_at", id, type, timestamp, data);
    }

    private static byte[] of(String timeName, String id, String type, Instant timestamp, byte[] data) {
        return new JsonObject()
                .text("id", id)
                .text("type", type)
                .text(timeName, timestamp.toString())
                .raw("data", data)
                .end();
    }
}
