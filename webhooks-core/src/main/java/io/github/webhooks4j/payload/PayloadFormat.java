package io.github.webhooks4j.payload;

import io.github.webhooks4j.signing.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes the body of a request from an event.
 *
 * <p>Any of the sending threads calls it for each attempt. Implementations are quick and safe for concurrent use. An exception
 * ends the attempt as {@code INVALID}. Any store can keep the ready-made formats below. Register a format of your own by name in
 * the client's builder, and refer to it with {@link #custom}.
 *
 * <p>The standard formats send an event that was published as raw bytes unchanged.
 */
@FunctionalInterface
public interface PayloadFormat {
    /** The body for this event; must not return null. */
    Payload payload(Content event);

    /**
     * An event as it was stored.
     *
     * @param deliveryId names the delivery, a UUID, the same in each attempt
     * @param id sent as {@code webhook-id}
     * @param webhookId the webhook that it is sent to
     * @param type such as {@code invoice.paid}
     * @param timestamp when it happened
     * @param tenant empty if it has none
     * @param json whether the data is one JSON value; otherwise it is raw bytes
     * @param contentType the media type of the data
     * @param data the exact bytes; shared, do not change them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(
            String deliveryId,
            String id,
            String webhookId,
            String type,
            Instant timestamp,
            Optional<String> tenant,
            boolean json,
            String contentType,
            byte[] data) {
        /** Shows no data. */
        @Override
        public String toString() {
            return "Content[id=" + id + ", type=" + type + "]";
        }
    }

    /**
     * A body.
     *
     * @param contentType its media type, such as {@code application/json}
     * @param body the bytes, which are signed and sent as they are; do not change them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Payload(String contentType, byte[] body) {
        /** Checks for null only. */
        public Payload {
            Objects.requireNonNull(contentType, "contentType");
            Objects.requireNonNull(body, "body");
        }

        /** Shows no body. */
        @Override
        public String toString() {
            return "Payload[" + contentType + ", " + body.length + " bytes]";
        }
    }

    /** The default: {@code {"id","type","timestamp","data"}} (Standard Webhooks specification, "Payload structure"). */
    static PayloadFormat standard() {
        return ReadyMadeFormat.of(FormatKind.STANDARD, Map.of());
    }

    /** {@link #standard} with {@code created_at} instead of {@code timestamp}. */
    static PayloadFormat standardWithCreatedAt() {
        return ReadyMadeFormat.of(FormatKind.CREATED_AT, Map.of());
    }

    /** The event's data as it is, with its own content type and without an envelope. */
    static PayloadFormat raw() {
        return ReadyMadeFormat.of(FormatKind.RAW, Map.of());
    }

    /**
     * A message in Slack's Block Kit: type, data, time and id of the event. The default for {@code https://hooks.slack.com/}. The
     * data of an event that was published as raw bytes is left out. The data is in {@code text}, too, up to 2000 characters, for
     * receivers that take Slack's format and show no blocks, such as Mattermost and Discord.
     */
    static PayloadFormat slack() {
        return ReadyMadeFormat.of(FormatKind.SLACK, Map.of());
    }

    /**
     * CloudEvents 1.0 in structured JSON.
     *
     * @param source who sends the event, a URI reference such as {@code https://example.com/shop}
     */
    static PayloadFormat cloudEvents(String source) {
        return ReadyMadeFormat.of(
                FormatKind.CLOUD_EVENTS, Map.of(ReadyMadeFormat.SOURCE, Objects.requireNonNull(source, "source")));
    }

    /**
     * A template with places such as {@code {{type}}} and {@code {{data.items[0].name}}}, written without spaces, for values of the
     * event. Values are escaped for the content type. A path that leads nowhere becomes null in JSON, and empty text elsewhere.
     *
     * @param contentType {@code application/json}, {@code application/x-www-form-urlencoded}, {@code application/xml}, {@code
     *     text/xml}, {@code text/plain}, or a type that ends in {@code +json} or {@code +xml}
     * @param text the template, up to 256 KiB
     */
    static PayloadFormat template(String contentType, String text) {
        return ReadyMadeFormat.of(
                FormatKind.TEMPLATE,
                Map.of(
                        ReadyMadeFormat.CONTENT_TYPE, Objects.requireNonNull(contentType, "contentType"),
                        ReadyMadeFormat.TEXT, Objects.requireNonNull(text, "text")));
    }

    /**
     * The body of an API call, for events whose data is an {@link io.github.webhooks4j.ApiCall}: {@code
     * {"event":{"id","label"},"id","request":{"tag","method","url","body"},"response":{"status","body"}}}. {@code event.id} is the
     * trigger's id, {@code event.label} the type of the event. The other {@code id} is a UUID that names the delivery. For an event
     * with other data, the attempt ends as {@code INVALID}.
     */
    static PayloadFormat apiCall() {
        return ReadyMadeFormat.of(FormatKind.API_CALL, Map.of());
    }

    /**
     * {@link #apiCall} with a last member {@code secret}, which tells receivers that check no signature who sent it. It is stored as
     * a secret and never shown.
     *
     * @param secret 1 to 4000 characters
     */
    static PayloadFormat apiCall(Secret secret) {
        return ReadyMadeFormat.of(
                FormatKind.API_CALL.storedName(), Map.of(), Optional.of(Objects.requireNonNull(secret, "secret")));
    }

    /** The format that the application registered under this name in the client's builder. The webhook stores only the name. */
    static PayloadFormat custom(String name) {
        return ReadyMadeFormat.of(
                FormatKind.CUSTOM, Map.of(ReadyMadeFormat.NAME, Objects.requireNonNull(name, "name")));
    }
}
