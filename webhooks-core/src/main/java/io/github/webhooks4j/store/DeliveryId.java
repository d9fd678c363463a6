package io.github.webhooks4j.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The public id of a delivery: a UUID of version 8 (RFC 9562, section 5.8). Its first 60 bits, version aside, are those of the event's
 * key, which begin with the time; the other 62 are of a hash of key and webhook. A store needs no column for it: few keys begin with
 * the same 60 bits, and {@link #names} tells which delivery is meant.
 *
 * @param value the UUID
 */
public record DeliveryId(UUID value) {
    private static final Pattern FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-8[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");
    private static final long VERSION = 0xF000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long HASH = 0x3FFF_FFFF_FFFF_FFFFL;
    private static final int TIME_SHIFT = 16;

    /** Checks for null only. */
    public DeliveryId {
        Objects.requireNonNull(value, "value");
    }

    /** The id of the delivery of an event to a webhook. */
    public static DeliveryId of(UUID eventKey, String webhookId) {
        long high = (eventKey.getMostSignificantBits() & ~VERSION) | 0x8000L;
        return new DeliveryId(new UUID(high, VARIANT | (hash(eventKey, webhookId) & HASH)));
    }

    /** The id that this text is, in upper or lower case; empty if it is none. */
    public static Optional<DeliveryId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new DeliveryId(UUID.fromString(text))) : Optional.empty();
    }

    /** Whether it is the id of the delivery of this event to this webhook. */
    public boolean names(UUID eventKey, String webhookId) {
        return of(eventKey, webhookId).equals(this);
    }

    /** The least key that the event can have. */
    public UUID firstKey() {
        return new UUID(keyBits(), 0);
    }

    /** The greatest key that the event can have, by the order of the bytes. */
    public UUID lastKey() {
        return new UUID(keyBits(), -1);
    }

    private long keyBits() {
        return (value.getMostSignificantBits() & ~VERSION) | 0x7000L;
    }

    /** When an event with this key was published, in milliseconds (RFC 9562, section 5.7). */
    public static Instant publishedAt(UUID eventKey) {
        return Instant.ofEpochMilli(eventKey.getMostSignificantBits() >>> TIME_SHIFT);
    }

    private static long hash(UUID eventKey, String webhookId) {
        byte[] webhook = webhookId.getBytes(UTF_8);
        byte[] names = ByteBuffer.allocate(2 * Long.BYTES + webhook.length)
                .putLong(eventKey.getMostSignificantBits())
                .putLong(eventKey.getLeastSignificantBits())
                .put(webhook)
                .array();
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(names))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** The text that users see. */
    @Override
    public String toString() {
        return value.toString();
    }
}
