package io.github.webhooks4j.delivery;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An event as it was published, without its data. It never changes.
 *
 * @param id the event's id, unique within its tenant
 * @param type the event's type
 * @param tenant empty if it has none
 * @param timestamp when it happened
 * @param publishedAt when it was published, in milliseconds. Lists are in this order
 * @param contentType the media type of the data
 * @param json whether the data is JSON, which goes into the body that the webhook's format makes; otherwise it is a whole body
 * @param headers additional headers of its requests, by name
 * @param size how many bytes the data has
 * @param webhooks to how many webhooks it went when it was published: 0 if none subscribed to it. What a replay adds later does not
 *     count
 * @param test whether it was made by a test call
 */
public record PublishedEvent(
        String id,
        String type,
        Optional<String> tenant,
        Instant timestamp,
        Instant publishedAt,
        String contentType,
        boolean json,
        Map<String, String> headers,
        int size,
        int webhooks,
        boolean test) {
    /** Copies the headers. */
    public PublishedEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(publishedAt, "publishedAt");
        Objects.requireNonNull(contentType, "contentType");
        headers = Map.copyOf(headers);
    }

    /** Shows no header. */
    @Override
    public String toString() {
        return "PublishedEvent[id=" + id + ", type=" + type
                + tenant.map(name -> ", tenant=" + name).orElse("") + ", " + size + " bytes, webhooks=" + webhooks
                + (test ? ", test" : "") + "]";
    }
}
