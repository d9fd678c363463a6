package io.github.webhooks4j.operations;

import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage.Place;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The text by which people go on in a list. */
final class Cursor {
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
    private static final int KEY_LENGTH = 22;
    private static final Pattern WEBHOOK = Pattern.compile("[a-zA-Z0-9_-]{0,64}");
    private static final int MILLIS_SHIFT = 16;

    private Cursor() {}

    static String of(Place place) {
        ByteBuffer key = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(place.event().getMostSignificantBits())
                .putLong(place.event().getLeastSignificantBits());
        return TEXT.encodeToString(key.array()) + place.webhookId();
    }

    /**
     * The place that this text stands for.
     *
     * @throws IllegalArgumentException if it stands for none
     */
    static Place place(String text) {
        if (text.length() < KEY_LENGTH
                || !WEBHOOK.matcher(text.substring(KEY_LENGTH)).matches()) {
            throw unknown();
        }
        try {
            ByteBuffer key = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(0, KEY_LENGTH)));
            return new Place(new UUID(key.getLong(), key.getLong()), text.substring(KEY_LENGTH));
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
    }

    /**
     * The place between two events that this text stands for.
     *
     * @throws IllegalArgumentException if it stands for none
     */
    static Place event(String text) {
        if (text.length() != KEY_LENGTH) {
            throw unknown();
        }
        return place(text);
    }

    // ---- for people who may not know of all events

    /** Whether this is when the event of the place was published. */
    static boolean isIn(Instant published, Place place) {
        return published.equals(DeliveryId.publishedAt(place.event()));
    }

    /**
     * A place a little before this one that tells only its millisecond: where a page ends in the midst of what others published, its
     * place has a key and a webhook of theirs. What was read of that millisecond is read again. This place as it is, if more was
     * published in the millisecond than a page reads, or else the list would not go on.
     *
     * @param after where the page began
     */
    static Place vague(Place place, Optional<Place> after) {
        long following = DeliveryId.publishedAt(place.event()).toEpochMilli() + 1;
        Place vague = new Place(new UUID(following << MILLIS_SHIFT, 0), "");
        return after.filter(began -> Place.ORDER.compare(vague, began) <= 0).isPresent() ? place : vague;
    }

    private static IllegalArgumentException unknown() {
        return new IllegalArgumentException(
                "after is not the next of a page; pass Page.next of the page before as it is, or leave it out to begin");
    }
}
