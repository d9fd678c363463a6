package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.json.InvalidJsonException;
import io.github.webhooks4j.json.Json;
import io.github.webhooks4j.matching.TypePattern;
import io.github.webhooks4j.settings.Quoted;
import io.github.webhooks4j.store.StoredEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * An event whose every part was checked and whose data are bytes.
 *
 * @param event as it will be stored
 * @param deliverAt when it is to be delivered; empty for at once
 * @param ownId whether the application gave the id, so that a duplicate is possible
 */
record FrozenEvent(StoredEvent event, Optional<Instant> deliverAt, boolean ownId) {
    /** The content type of data that is JSON. */
    private static final String JSON = "application/json";

    private static final Pattern ID = Pattern.compile("[!-~&&[^.]]{1,128}");
    private static final Pattern CONTENT_TYPE = Pattern.compile("[!-~]+/[!-~]([ -~]*[!-~])?");
    private static final int MAX_CONTENT_TYPE = 200;
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    static final Pattern TENANT = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    static FrozenEvent of(Event event, Instant now, int maxBytes) {
        String type = event.type();
        require(
                TypePattern.isType(type),
                "type is " + Quoted.of(type)
                        + "; it must be up to 128 characters: segments of letters, digits, _ and -, separated by dots, such as"
                        + " invoice.paid");
        event.tenant()
                .ifPresent(tenant ->
                        require(TENANT.matcher(tenant).matches(), "tenant must be 1 to 64 letters, digits, _ or -"));
        event.id()
                .ifPresent(id -> require(
                        ID.matcher(id).matches(), "id must be 1 to 128 visible ASCII characters without a dot"));
        event.timestamp().ifPresent(timestamp -> requireInRange("timestamp", timestamp));
        event.deliverAt().ifPresent(deliverAt -> requireInRange("deliverAt", deliverAt));
        checkHeaders(event.headers());
        EventDraft.Content content = ((EventDraft) event).content();
        byte[] data = bytes(content);
        require(
                data.length <= maxBytes,
                "data has " + data.length + " bytes; at most " + maxBytes
                        + " are allowed: send a reference to the data instead, or raise maxEventBytes in the client's builder");
        UUID key = newKey(now);
        // Stores keep microseconds at most: a finer timestamp would change between the first attempt and the next.
        Instant timestamp = event.timestamp().orElse(now).truncatedTo(ChronoUnit.MILLIS);
        StoredEvent stored = new StoredEvent(
                key,
                event.id().orElseGet(() -> StoredEvent.idOf(key)),
                event.tenant(),
                type,
                timestamp,
                content instanceof EventDraft.RawContent raw ? raw.contentType() : JSON,
                !(content instanceof EventDraft.RawContent),
                event.headers(),
                data);
        return new FrozenEvent(stored, event.deliverAt(), event.id().isPresent());
    }

    /** A UUID of version 7: 48 bits of milliseconds, then 74 random bits (RFC 9562, section 5.7). */
    static UUID newKey(Instant now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = now.toEpochMilli() << 16 | 0x7000 | random.nextInt(1 << 12);
        long low = 0x8000_0000_0000_0000L | random.nextLong() >>> 2;
        return new UUID(high, low);
    }

    /** The same once more, as an event of its own: with a new id, for webhooks of this tenant. */
    StoredEvent again(Instant now, Optional<String> tenant) {
        UUID key = newKey(now);
        return new StoredEvent(
                key,
                StoredEvent.idOf(key),
                tenant,
                event.type(),
                event.timestamp(),
                event.contentType(),
                event.json(),
                event.headers(),
                event.data());
    }

    private static void checkHeaders(Map<String, String> headers) {
        EgressPolicy.strict()
                .checkHeaders(headers, Set.of())
                .forEach(refusal -> require(false, "headers cannot be sent: " + refusal.message()));
    }

    private static byte[] bytes(EventDraft.Content content) {
        if (content instanceof EventDraft.RawContent raw) {
            require(
                    isContentType(raw.contentType()),
                    "contentType must be a media type of up to 200 visible ASCII characters, such as text/csv");
            return raw.body();
        }
        try {
            return content instanceof EventDraft.JsonContent text
                    ? Json.verified(text.json())
                    : Json.write(((EventDraft.ObjectContent) content).value());
        } catch (InvalidJsonException e) {
            throw new InvalidEventException("data cannot be sent as JSON: " + e.getMessage(), e);
        }
    }

    static boolean isContentType(String text) {
        return text.length() <= MAX_CONTENT_TYPE && CONTENT_TYPE.matcher(text).matches();
    }

    /** The range that every database and ISO 8601 with four digits can hold. */
    private static void requireInRange(String name, Instant instant) {
        require(!instant.isBefore(EARLIEST) && instant.isBefore(LATEST), name + " must be in the years 1 to 9999");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new InvalidEventException(message);
        }
    }
}
