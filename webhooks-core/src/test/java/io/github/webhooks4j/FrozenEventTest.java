package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrozenEventTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00.123456789Z");
    private static final int MAX = 100;

    @Test
    void objectBecomesJson() {
        FrozenEvent frozen = freeze(Event.of("a.b", Map.of("n", 1)));

        assertThat(frozen.event().data()).isEqualTo(bytes("{\"n\":1}"));
        assertThat(frozen.event().json()).isTrue();
        assertThat(frozen.event().contentType()).isEqualTo("application/json");
    }

    static Stream<Arguments> eventsOfNothing() {
        return Stream.of(
                arguments(Event.builder("a").build(), "null"),
                arguments(Event.builder("a").data(null).build(), "null"),
                arguments(Event.of("a", null), "null"),
                arguments(Event.of("a", Optional.empty()), "null"),
                arguments(Event.of("a", Collections.singletonMap("n", null)), "{\"n\":null}"),
                arguments(Event.of("a", Arrays.asList(null, 1)), "[null,1]"),
                arguments(Event.of("a", Map.of()), "{}"));
    }

    @ParameterizedTest
    @MethodSource("eventsOfNothing")
    void nothingIsNull(Event event, String json) {
        assertThat(freeze(event).event().data()).isEqualTo(bytes(json));
    }

    @Test
    void jsonTextKeepsItsBytes() {
        String json = " { \"n\" : 1.10, \"s\":\"\ud83d\ude00\" }\n";

        assertThat(freeze(Event.builder("a").json(json).build()).event().data()).isEqualTo(bytes(json));
    }

    @Test
    void changeOfTheObjectAfterwardsChangesNothing() {
        List<Integer> data = new ArrayList<>(List.of(1));
        FrozenEvent frozen = freeze(Event.of("a", data));

        data.add(2);

        assertThat(frozen.event().data()).isEqualTo(bytes("[1]"));
    }

    @Test
    void rawBytesStayAsTheyAre() {
        byte[] body = {0, (byte) 0xff, '\n'};
        FrozenEvent frozen =
                freeze(Event.builder("a").raw("application/octet-stream", body).build());

        assertThat(frozen.event().data()).isEqualTo(body);
        assertThat(frozen.event().json()).isFalse();
        assertThat(frozen.event().contentType()).isEqualTo("application/octet-stream");
    }

    @Test
    void changeOfTheRawBytesAfterwardsChangesNothing() {
        byte[] body = bytes("abc");
        Event event = Event.builder("a").raw("text/plain", body).build();

        body[0] = 'x';

        assertThat(freeze(event).event().data()).isEqualTo(bytes("abc"));
    }

    @Test
    void changeOfTheBuilderAfterwardsChangesNothing() {
        Event.Builder builder = Event.builder("a").id("first");
        Event event = builder.build();

        builder.id("second");

        assertThat(freeze(event).event().id()).isEqualTo("first");
    }

    @Test
    void dataGivenLastIsSent() {
        Event event =
                Event.builder("a").raw("text/plain", bytes("abc")).json("1").build();

        assertThat(freeze(event).event().data()).isEqualTo(bytes("1"));
        assertThat(freeze(event).event().contentType()).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.", "a..b", "*", "a.*", "\u00e9", "a\"b"})
    void otherTypeIsRefused(String type) {
        assertRefused(Event.of(type, 1), "it must be up to 128 characters");
    }

    @Test
    void timesThatADatabaseCannotHoldAreRefused() {
        assertThatThrownBy(() ->
                        FrozenEvent.of(Event.builder("x").timestamp(Instant.MAX).build(), NOW, MAX))
                .hasMessageContaining("timestamp must be in the years 1 to 9999");
        assertThatThrownBy(() ->
                        FrozenEvent.of(Event.builder("x").deliverAt(Instant.MIN).build(), NOW, MAX))
                .hasMessageContaining("deliverAt must be in the years 1 to 9999");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "7a2486b3-31cf-4bd3-a460-df8845d16cd5", "!#$%&'()*+,/:;<=>?@[]^_`{|}~\"\\"})
    void ownIdIsKept(String id) {
        FrozenEvent frozen = freeze(Event.builder("a").id(id).build());

        assertThat(frozen.event().id()).isEqualTo(id);
        assertThat(frozen.ownId()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", ".", "a b", "a\n", "a\r\nX: 1", "\u00e9", "a\u007f", "\u0000"})
    void otherIdIsRefused(String id) {
        assertRefused(Event.builder("a").id(id).build(), "id must be");
    }

    @Test
    void idHasAtMostOneHundredTwentyEightCharacters() {
        assertThat(freeze(Event.builder("a").id("x".repeat(128)).build())
                        .event()
                        .id())
                .hasSize(128);
        assertRefused(Event.builder("a").id("x".repeat(129)).build(), "id must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "Tenant_1-b", "0"})
    void tenantIsKept(String tenant) {
        assertThat(freeze(Event.builder("a").tenant(tenant).build()).event().tenant())
                .contains(tenant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a.b", "a b", "a\n", "\u00e9", "a/b", "*"})
    void otherTenantIsRefused(String tenant) {
        assertRefused(Event.builder("a").tenant(tenant).build(), "tenant must be");
    }

    @Test
    void tenantHasAtMostSixtyFourCharacters() {
        assertThat(freeze(Event.builder("a").tenant("x".repeat(64)).build())
                        .event()
                        .tenant())
                .contains("x".repeat(64));
        assertRefused(Event.builder("a").tenant("x".repeat(65)).build(), "tenant must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/csv", "text/csv; charset=utf-8", "application/vnd.a+json", "a/b"})
    void contentTypeIsKept(String contentType) {
        assertThat(freeze(Event.builder("a").raw(contentType, new byte[0]).build())
                        .event()
                        .contentType())
                .isEqualTo(contentType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text", "text/", "/", "/csv", " text/csv", "text/csv ", "text/csv\r\nX: 1", "text/c\u00e9v"})
    void otherContentTypeIsRefused(String contentType) {
        assertRefused(Event.builder("a").raw(contentType, new byte[0]).build(), "contentType must be");
    }

    @Test
    void contentTypeHasAtMostTwoHundredCharacters() {
        String longest = "a/" + "b".repeat(198);

        assertThat(freeze(Event.builder("a").raw(longest, new byte[0]).build())
                        .event()
                        .contentType())
                .isEqualTo(longest);
        assertRefused(Event.builder("a").raw(longest + "b", new byte[0]).build(), "contentType must be");
    }

    @Test
    void dataOfTheLargestSizeIsFine() {
        assertThat(freeze(Event.builder("a").raw("a/b", new byte[MAX]).build())
                        .event()
                        .data())
                .hasSize(MAX);
    }

    @Test
    void largerDataIsRefusedWithBothSizesAndARemedy() {
        assertThatThrownBy(() ->
                        freeze(Event.builder("a").raw("a/b", new byte[MAX + 1]).build()))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("101 bytes")
                .hasMessageContaining("at most 100")
                .hasMessageContaining("maxEventBytes");
    }

    @Test
    void sizeIsCountedInBytes() {
        assertRefused(Event.of("a", "\u20ac".repeat(40)), "122 bytes");
    }

    @Test
    void textThatIsNotJsonIsRefusedWithoutAQuote() {
        assertThatThrownBy(() -> freeze(Event.builder("a").json("{confidential").build()))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("line 1")
                .hasMessageNotContaining("confidential");
    }

    @Test
    void numberThatNoTemplateCouldHoldIsRefused() {
        assertRefused(Event.builder("a").json("{\"a\":1e99999999999}").build(), "too large an exponent at line 1");
        assertRefused(Event.builder("a").json("9".repeat(1001)).build(), "beyond a limit");
    }

    @Test
    void objectThatIsNotJsonIsRefused() {
        assertRefused(Event.of("a", new Object()), "data cannot be sent as JSON");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T12:00:00.999999999Z, 2026-01-15T12:00:00.999Z",
        "2026-01-15T12:00:00Z, 2026-01-15T12:00:00Z",
        "1969-12-31T23:59:59.9999Z, 1969-12-31T23:59:59.999Z",
    })
    void timestampIsCutToMilliseconds(Instant timestamp, Instant kept) {
        assertThat(freeze(Event.builder("a").timestamp(timestamp).build())
                        .event()
                        .timestamp())
                .isEqualTo(kept);
    }

    @Test
    void eventWithoutTimestampHappensNow() {
        assertThat(freeze(Event.of("a", 1)).event().timestamp()).isEqualTo(Instant.parse("2026-01-15T12:00:00.123Z"));
    }

    @Test
    void timeOfDeliveryIsKept() {
        Instant later = NOW.plusSeconds(60);

        assertThat(freeze(Event.builder("a").deliverAt(later).build()).deliverAt())
                .contains(later);
    }

    @Test
    void newIdIsThatOfTheKeyWithoutADot() {
        FrozenEvent frozen = freeze(Event.of("a", 1));

        assertThat(frozen.event().id()).matches("evt_[0-9a-f]{32}");
        assertThat(frozen.event().id().substring("evt_".length()))
                .isEqualTo(frozen.event().key().toString().replace("-", ""));
        assertThat(frozen.ownId()).isFalse();
    }

    @Test
    void keyIsAUuidOfVersionSeven() {
        UUID key = freeze(Event.of("a", 1)).event().key();

        assertThat(key.version()).isEqualTo(7);
        assertThat(key.variant()).isEqualTo(2);
        assertThat(key.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void keysAreOrderedByTime() {
        List<String> keys = LongStream.range(0, 1000)
                .mapToObj(n -> FrozenEvent.of(Event.of("a", 1), NOW.plusMillis(n), MAX))
                .map(frozen -> frozen.event().key().toString())
                .toList();

        assertThat(keys).isSortedAccordingTo(Comparator.naturalOrder());
    }

    @Test
    void keysOfOneMomentDiffer() {
        assertThat(Stream.generate(() -> freeze(Event.of("a", 1)).event().key())
                        .limit(1000)
                        .collect(Collectors.toSet()))
                .hasSize(1000);
    }

    @Test
    void neitherEventShowsItsData() {
        Event event = Event.builder("a").json("\"confidential\"").build();

        assertThat(event.toString()).doesNotContain("confidential");
        assertThat(freeze(event).toString()).doesNotContain("confidential");
    }

    private static void assertRefused(Event event, String words) {
        assertThatThrownBy(() -> freeze(event))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining(words);
    }

    private static FrozenEvent freeze(Event event) {
        return FrozenEvent.of(event, NOW, MAX);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void headersAreKept() {
        Event event = Event.builder("x")
                .header("X-Trace", "1")
                .header("x-trace", "2")
                .header("X-Other", "3")
                .build();

        assertThat(FrozenEvent.of(event, NOW, MAX).event().headers())
                .isEqualTo(java.util.Map.of("x-trace", "2", "X-Other", "3"));
    }

    @Test
    void headerThatCannotBeSentIsRefusedWithoutItsValue() {
        for (String name : List.of("Host", "webhook-id", "X-Forwarded-For")) {
            Event event = Event.builder("x").header(name, "geheim").build();
            assertThatThrownBy(() -> FrozenEvent.of(event, NOW, MAX))
                    .isInstanceOf(InvalidEventException.class)
                    .hasMessageContaining(name)
                    .hasMessageNotContaining("geheim");
        }
    }
}
