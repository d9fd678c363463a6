package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * An event as it is stored. It never changes.
 *
 * @param key the internal key, ordered by time (UUID version 7)
 * @param id the public id, unique within its tenant
 * @param tenant empty if it has none
 * @param type the event's type
 * @param timestamp when it happened
 * @param contentType the media type of the data
 * @param json whether the data is JSON that goes into an envelope; otherwise it is a whole body
 * @param headers additional headers of its requests, by name
 * @param data the exact bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared below
public record StoredEvent(
        UUID key,
        String id,
        Optional<String> tenant,
        String type,
        Instant timestamp,
        String contentType,
        boolean json,
        Map<String, String> headers,
        byte[] data) {
    private static final Pattern MADE_OF_KEY = Pattern.compile("evt_[0-9a-f]{32}");

    /** Copies the headers. */
    public StoredEvent {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(contentType, "contentType");
        headers = Map.copyOf(headers);
        Objects.requireNonNull(data, "data");
    }

    /** The public id of an event that was given none: made of its key. */
    public static String idOf(UUID key) {
        return "evt_" + key.toString().replace("-", "");
    }

    /** The key that an id was made of, by {@link #idOf}; empty if it is another id. */
    public static Optional<UUID> keyOf(String id) {
        return MADE_OF_KEY.matcher(id).matches()
                ? Optional.of(new UUID(Long.parseUnsignedLong(id, 4, 20, 16), Long.parseUnsignedLong(id, 20, 36, 16)))
                : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredEvent that
                && key.equals(that.key)
                && id.equals(that.id)
                && tenant.equals(that.tenant)
                && type.equals(that.type)
                && timestamp.equals(that.timestamp)
                && contentType.equals(that.contentType)
                && json == that.json
                && headers.equals(that.headers)
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    /** Shows neither data nor headers. */
    @Override
    public String toString() {
        return "StoredEvent[id=" + id + ", type=" + type + ", " + data.length + " bytes]";
    }
}
