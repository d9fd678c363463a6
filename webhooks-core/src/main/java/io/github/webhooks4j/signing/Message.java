package io.github.webhooks4j.signing;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * The signed wire form of an event for one attempt.
 *
 * @param id the event's id, sent as {@code webhook-id}: the same on every attempt and for every webhook
 * @param timestamp the time of the attempt, sent as {@code webhook-timestamp} in whole seconds
 * @param body the bytes of the request body, exactly as they are sent; shared, do not change them
 */
@SuppressWarnings("ArrayRecordComponent") // compared below
public record Message(String id, Instant timestamp, byte[] body) {
    /** Checks for null only. */
    public Message {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(body, "body");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Message that
                && id.equals(that.id)
                && timestamp.equals(that.timestamp)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, timestamp);
    }

    @Override
    public String toString() {
        return "Message[id=" + id + ", timestamp=" + timestamp + ", body=" + body.length + " bytes]";
    }
}
