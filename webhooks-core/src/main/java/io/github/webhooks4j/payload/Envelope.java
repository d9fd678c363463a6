package io.github.webhooks4j.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.time.Instant;

/** The standard body: {@code {"id":…,"type":…,"timestamp":…,"data":…}}. */
public final class Envelope {
    /** The media type of the body. */
    public static final String CONTENT_TYPE = "application/json";

    private Envelope() {}

    /**
     * The body, with the bytes of the data as they are.
     *
     * @param timestamp when the event happened, written as ISO 8601 in UTC
     * @param data one JSON value
     */
    public static byte[] of(String id, String type, Instant timestamp, byte[] data) {
        byte[] head = ("{\"id\":" + quoted(id) + ",\"type\":" + quoted(type) + ",\"timestamp\":\"" + timestamp
                        + "\",\"data\":")
                .getBytes(UTF_8);
        byte[] body = new byte[head.length + data.length + 1];
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(data, 0, body, head.length, data.length);
        body[body.length - 1] = '}';
        return body;
    }

    private static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
