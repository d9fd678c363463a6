package io.github.webhooks4j;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happened: a type, a time, and data.
 *
 * <pre>{@code
 * webhooks.publish(Event.of("invoice.paid", Map.of("invoice", "in_42", "total", 1999)));
 *
 * webhooks.publish(Event.builder("invoice.paid")
 *         .id("invoice-in_42-paid") // publishing it twice stores it once
 *         .tenant("acme") // only webhooks of this tenant get it
 *         .json("{\"invoice\":\"in_42\",\"total\":19.99}")
 *         .deliverAt(Instant.now().plus(Duration.ofHours(1)))
 *         .build());
 * }</pre>
 *
 * <p>Immutable, except for an object that is given as data: publishing turns it into bytes, and later changes to it have no
 * effect.
 */
public sealed interface Event permits EventDraft {
    /**
     * An event of this type with this data, see {@link Builder#data}. A {@code String} becomes a JSON string; for JSON text use
     * {@link Builder#json}.
     */
    static Event of(String type, @Nullable Object data) {
        return builder(type).data(data).build();
    }

    /** A builder of an event of this type: segments of letters, digits, {@code _} and {@code -}, separated by dots. */
    static Builder builder(String type) {
        return new EventDraft.Draft(type);
    }

    /** The type, such as {@code invoice.paid}. */
    String type();

    /** The id that the application gave it; empty if {@code publish} makes one. */
    Optional<String> id();

    /** When it happened; empty for the time at which it is published. */
    Optional<Instant> timestamp();

    /** The tenant whose webhooks get it; empty if it goes to webhooks without a tenant. */
    Optional<String> tenant();

    /** When to deliver it; empty for at once. */
    Optional<Instant> deliverAt();

    /** Additional headers of its requests, by name. */
    Map<String, String> headers();

    /** Sets up an {@link Event}. The order of the calls does not matter. Not safe for use by several threads. */
    interface Builder {
        /**
         * The data as an object: a bean or record, a {@code Map}, a {@code List}, a Jackson {@code JsonNode}. Publishing turns it
         * into JSON: dates become ISO 8601 text, map entries keep the order of the map. Without data, and with null, it is JSON null.
         *
         * <p>Java forgets the type of the elements of a {@code List.of(new Dog())}, so that {@code @JsonTypeInfo} adds no type id to
         * them: put the list into a field of a record or bean, or use an array. A Kotlin property {@code isPaid} becomes {@code
         * paid}: annotate it with {@code @get:JsonProperty("isPaid")}.
         *
         * <p>It is written by Jackson 2 with settings of the library's own. Give the data of other JSON libraries, and what needs your
         * own mapper, as text, by {@link #json}: publishing refuses their trees, and types with annotations of Jackson 3.
         */
        Builder data(@Nullable Object data);

        /**
         * The data as JSON text. Its bytes are sent unchanged, inside the envelope of the body. Numbers have at most 1000 digits,
         * and exponents of up to 2<sup>31</sup>.
         */
        Builder json(String json);

        /**
         * A whole body: these bytes are sent unchanged, without an envelope.
         *
         * @param contentType the media type, such as {@code text/csv; charset=utf-8}
         * @param body the bytes; copied
         */
        Builder raw(String contentType, byte[] body);

        /**
         * The id: 1 to 128 visible ASCII characters without a dot. The receiver gets it as {@code webhook-id}. Publishing a second
         * event with this id stores nothing, as long as the first is kept ({@link WebhookClient.Builder#eventRetention}). Default: a
         * new id.
         */
        Builder id(String id);

        /** When it happened. Default: when it is published. */
        Builder timestamp(Instant timestamp);

        /** The tenant whose webhooks get it. Default: none; the event goes to webhooks without a tenant. */
        Builder tenant(String tenant);

        /**
         * An additional header of its requests. It is left out where the webhook, its signers or this library set a header of the
         * same name. The rules are those for the headers of webhooks. It is stored in clear: do not put a secret here. Setting
         * the same name again replaces the value.
         */
        Builder header(String name, String value);

        /** When to deliver it, by the store's clock. Default: at once. */
        Builder deliverAt(Instant deliverAt);

        /** The event. {@code publish} reports what is wrong with it. */
        Event build();
    }
}
