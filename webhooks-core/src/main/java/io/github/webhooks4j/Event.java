package io.github.webhooks4j;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What happened: a type, a time, and data.
 *
 * <p>Immutable, except for the object that is given as data: that is turned into bytes when the event is published, and
 * what is done to it later changes nothing.
 */
public sealed interface Event permits EventDraft {
    /**
     * An event of this type with this data; see {@link Builder#data}. A {@code String} becomes a JSON string: JSON text is
     * given with {@link Builder#json}.
     */
    static Event of(String type, Object data) {
        return builder(type).data(data).build();
    }

    /** A builder of an event of this type: segments of letters, digits, {@code _} and {@code -}, separated by dots. */
    static Builder builder(String type) {
        return new EventDraft.Draft(type);
    }

    /** The type, such as {@code invoice.paid}. */
    String type();

    /** The id that the application gave it; empty if {@code publish} is to make one. */
    Optional<String> id();

    /** When it happened; empty if that is when it is published. */
    Optional<Instant> timestamp();

    /** The tenant whose webhooks get it; empty if it goes to the webhooks that have none. */
    Optional<String> tenant();

    /** When it is to be delivered; empty for at once. */
    Optional<Instant> deliverAt();

    /** The headers that its requests are to have beside the others, by name. */
    Map<String, String> headers();

    /** Sets up an {@link Event}. The order of the calls does not matter. Not safe for use by several threads. */
    interface Builder {
        /**
         * The data as an object: a bean or record, a {@code Map}, a {@code List}, a Jackson {@code JsonNode}. It becomes JSON
         * when the event is published: dates as ISO 8601 text, map entries in the order of the map.
         */
        Builder data(Object data);

        /**
         * The data as JSON text. Its bytes are sent as they are, within the envelope of the body. Its numbers have at most 1000
         * digits, and exponents of up to 2<sup>31</sup>.
         */
        Builder json(String json);

        /**
         * A body of its own: these bytes are sent as they are, without an envelope.
         *
         * @param contentType the media type, such as {@code text/csv; charset=utf-8}
         * @param body the bytes; copied
         */
        Builder raw(String contentType, byte[] body);

        /**
         * The id, by which publishing the same event twice is noticed, and which the receiver gets as {@code webhook-id}: 1
         * to 128 visible ASCII characters without a dot. Default: a new one.
         */
        Builder id(String id);

        /** When it happened. Default: when it is published. */
        Builder timestamp(Instant timestamp);

        /** The tenant whose webhooks get it. Default: none; it goes to the webhooks that have no tenant. */
        Builder tenant(String tenant);

        /**
         * A header of its requests, which has no say over those that the webhook, its signers or this library set: it is left
         * out there. The rules are those for headers of webhooks. It is stored as it is: no place for a secret. Setting the
         * same name again replaces the value.
         */
        Builder header(String name, String value);

        /** When it is to be delivered, by the store's clock. Default: at once. */
        Builder deliverAt(Instant deliverAt);

        /** The event. What is wrong with it is reported by {@code publish}. */
        Event build();
    }
}
