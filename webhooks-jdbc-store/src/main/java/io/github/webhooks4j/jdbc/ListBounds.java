package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryPage.Place;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Between which places a list is read, the newest first.
 *
 * @param low the least key of an event
 * @param high before this place in the order of keys and webhooks, and not it
 */
record ListBounds(UUID low, Place high) {
    /** No key is less. */
    static final UUID LEAST = new UUID(0, 0);

    /** No key is as great. */
    static final UUID GREATEST = new UUID(-1, -1);

    private static final Place ALL = new Place(GREATEST, "");
    private static final int TIME_SHIFT = 16;
    private static final long MAX_MILLIS = (1L << 48) - 1;

    static ListBounds of(DeliveryFilter filter, Optional<Place> after) {
        UUID low = filter.publishedSince().map(ListBounds::first).orElse(LEAST);
        Place high = filter.publishedBefore()
                .map(before -> new Place(first(before), ""))
                .orElse(ALL);
        return new ListBounds(low, after.filter(place -> isBehind(place, high)).orElse(high));
    }

    /** The least key of what is published at this instant or later, in whole milliseconds. */
    static UUID first(Instant instant) {
        Instant rounded = instant.plusNanos(999_999);
        long millis = rounded.isBefore(Instant.EPOCH)
                ? 0
                : rounded.getEpochSecond() > MAX_MILLIS / 1000 ? MAX_MILLIS : rounded.toEpochMilli();
        return new UUID(millis << TIME_SHIFT, 0);
    }

    private static boolean isBehind(Place one, Place other) {
        return Place.ORDER.compare(one, other) > 0;
    }

    /** These bounds, for deliveries of one event only. */
    ListBounds within(UUID event) {
        UUID from = Place.compareBytes(low, event) > 0 ? low : event;
        Place behind = new Place(next(event), "");
        return new ListBounds(from, isBehind(high, behind) ? high : behind);
    }

    /** These bounds, going on behind a place. */
    ListBounds after(Place place) {
        return new ListBounds(low, place);
    }

    /** The bounds in the deliveries of one webhook, where no two are of one event: keys less than this. */
    UUID below(String webhookId) {
        return webhookId.compareTo(high.webhookId()) < 0 ? next(high.event()) : high.event();
    }

    /** The least key that is greater. */
    static UUID next(UUID key) {
        long least = key.getLeastSignificantBits() + 1;
        return new UUID(key.getMostSignificantBits() + (least == 0 ? 1 : 0), least);
    }
}
