package io.github.webhooks4j.payload;

import java.time.Instant;
import java.util.Objects;

/**
 * An event as this package sees it, to make a body from.
 *
 * @param data one JSON value in UTF-8; shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EventContent(String id, String type, Instant timestamp, byte[] data) {
    /** Checks for null only. */
    EventContent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(data, "data");
    }

    @Override
    public String toString() {
        return "EventContent[id=" + id + ", type=" + type + ", data=" + data.length + " bytes]";
    }
}
