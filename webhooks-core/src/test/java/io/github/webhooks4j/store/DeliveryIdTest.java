package io.github.webhooks4j.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.DeliveryPage.Place;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryIdTest {
    private static final UUID KEY = UUID.fromString("019bc1c2-0a00-7abc-9def-0123456789ab");

    private final DeliveryId id = DeliveryId.of(KEY, "wh_1");

    /** Users keep ids: they never change. SHA-256 of another implementation made the hash. */
    @Test
    void idBeginsWithTheKeyAndEndsWithAHash() {
        assertThat(id).hasToString("019bc1c2-0a00-8abc-9bbe-6257eaac6c6c");
        assertThat(id.value().version()).isEqualTo(8);
        assertThat(id.value().variant()).isEqualTo(2);
    }

    @Test
    void idIsReadFromItsTextInUpperAndLowerCase() {
        assertThat(DeliveryId.parse(id.toString())).contains(id);
        assertThat(DeliveryId.parse(id.toString().toUpperCase(Locale.ROOT))).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "019bc1c2-0a00-7abc-9def-0123456789ab", // a key
                "019bc1c2-0a00-4abc-9def-0123456789ab",
                "019bc1c2-0a00-8abc-7def-0123456789ab",
                "019bc1c2-0a00-8abc-cdef-0123456789ab",
                "019bc1c20a008abc9def0123456789ab",
                "19bc1c2-0a00-8abc-9def-0123456789ab",
                "019bc1c2-0a00-8abc-9def-0123456789a",
                "019bc1c2-0a00-8abc-9def-0123456789abc",
                "019bc1c2-0a00-8abc-9def-0123456789ag",
                " 019bc1c2-0a00-8abc-9def-0123456789ab",
                "019bc1c2-0a00-8abc-9def-0123456789ab\n",
                "{019bc1c2-0a00-8abc-9def-0123456789ab}",
                "\u0660\u06619bc1c2-0a00-8abc-9def-0123456789ab"
            })
    void whatIsNoIdIsNotRead(String text) {
        assertThat(DeliveryId.parse(text)).isEmpty();
    }

    @Test
    void idNamesItsDeliveryAndNoOther() {
        assertThat(id.names(KEY, "wh_1")).isTrue();
        assertThat(id.names(KEY, "wh_2")).isFalse();
        assertThat(id.names(new UUID(KEY.getMostSignificantBits(), KEY.getLeastSignificantBits() + 1), "wh_1"))
                .isFalse();
        assertThat(id.names(new UUID(KEY.getMostSignificantBits() + 1, KEY.getLeastSignificantBits()), "wh_1"))
                .isFalse();
        assertThat(DeliveryId.of(KEY, "wh_2")).isNotEqualTo(id);
    }

    @Test
    void keyOfTheEventIsBetweenTheFirstAndTheLast() {
        assertThat(id.firstKey()).hasToString("019bc1c2-0a00-7abc-0000-000000000000");
        assertThat(id.lastKey()).hasToString("019bc1c2-0a00-7abc-ffff-ffffffffffff");
        assertThat(Place.compareBytes(id.firstKey(), KEY)).isNegative();
        assertThat(Place.compareBytes(KEY, id.lastKey())).isNegative();
    }

    @Test
    void idsAreInTheOrderOfTheirEvents() {
        UUID later = new UUID(KEY.getMostSignificantBits() + 1, 0x8000_0000_0000_0000L);
        DeliveryId next = DeliveryId.of(later, "wh_1");

        assertThat(Place.compareBytes(id.value(), next.value())).isNegative();
        assertThat(Place.compareBytes(id.lastKey(), next.firstKey())).isNegative();
    }

    @Test
    void keyTellsWhenItsEventWasPublished() {
        assertThat(DeliveryId.publishedAt(KEY)).isEqualTo(Instant.ofEpochMilli(0x019b_c1c2_0a00L));
        assertThat(DeliveryId.publishedAt(new UUID(-1L, -1L))).isEqualTo(Instant.ofEpochMilli((1L << 48) - 1));
    }
}
