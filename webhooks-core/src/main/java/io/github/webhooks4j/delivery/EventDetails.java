package io.github.webhooks4j.delivery;

import java.util.Arrays;
import java.util.Objects;

/**
 * An event with its data.
 *
 * @param event as it was published
 * @param data the exact bytes; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared below
public record EventDetails(PublishedEvent event, byte[] data) {
    /** Checks for null only. */
    public EventDetails {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(data, "data");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EventDetails that && event.equals(that.event) && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return event.hashCode();
    }

    /** Shows neither data nor headers. */
    @Override
    public String toString() {
        return "EventDetails[" + event + "]";
    }
}
