package io.github.webhooks4j.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonWriteTest {
    static Stream<Arguments> values() {
        return Stream.of(
                arguments(Instant.parse("2026-01-15T12:00:00.123456789Z"), "\"2026-01-15T12:00:00.123456789Z\""),
                arguments(OffsetDateTime.parse("2026-01-15T12:00+02:00"), "\"2026-01-15T12:00:00+02:00\""),
                arguments(OffsetDateTime.parse("2026-01-01T10:00Z"), "\"2026-01-01T10:00:00Z\""),
                arguments(OffsetTime.parse("10:00Z"), "\"10:00:00Z\""),
                arguments(LocalDateTime.parse("2026-01-15T12:00"), "\"2026-01-15T12:00:00\""),
                arguments(ZonedDateTime.parse("2026-01-15T12:00+01:00[Europe/Paris]"), "\"2026-01-15T12:00:00+01:00\""),
                arguments(LocalDateTime.parse("2026-01-15T12:00:01"), "\"2026-01-15T12:00:01\""),
                arguments(LocalDate.parse("2026-01-15"), "\"2026-01-15\""),
                arguments(LocalTime.parse("12:00"), "\"12:00:00\""),
                arguments(Duration.ofMillis(90_500), "\"PT1M30.5S\""),
                arguments(Period.ofDays(3), "\"P3D\""),
                arguments(Year.of(2026), "\"2026\""),
                arguments(YearMonth.of(2026, 1), "\"2026-01\""),
                arguments(MonthDay.of(1, 15), "\"--01-15\""),
                arguments(ZoneId.of("Europe/Paris"), "\"Europe/Paris\""),
                arguments(ZoneOffset.UTC, "\"Z\""),
                arguments(Optional.of("a"), "\"a\""),
                arguments(Optional.empty(), "null"),
                arguments(Optional.of(Optional.of(LocalDate.EPOCH)), "\"1970-01-01\""),
                arguments(new BigDecimal("1.10"), "1.10"),
                arguments(new BigDecimal("12345678901234567890.123456789"), "12345678901234567890.123456789"),
                arguments(BigInteger.TEN.pow(30), "1" + "0".repeat(30)),
                arguments(true, "true"),
                arguments("\u00e4\u20ac\"\n", "\"\u00e4\u20ac\\\"\\n\""),
                arguments(List.of(1, "a", List.of()), "[1,\"a\",[]]"),
                arguments(new Line("x", Optional.empty()), "{\"item\":\"x\",\"note\":null}"),
                arguments(
                        new Order(7, Instant.EPOCH, List.of(new Line("x", Optional.of("n")))),
                        "{\"id\":7,\"at\":\"1970-01-01T00:00:00Z\",\"lines\":[{\"item\":\"x\",\"note\":\"n\"}]}"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void valueBecomesJson(Object value, String json) throws InvalidJsonException {
        assertThat(write(value)).isEqualTo(json);
    }

    @Test
    void nothingBecomesNull() throws InvalidJsonException {
        assertThat(write(null)).isEqualTo("null");
    }

    @Test
    void mapKeepsItsOrder() throws InvalidJsonException {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", Optional.of(LocalDate.EPOCH));
        map.put("m", null);

        assertThat(write(map)).isEqualTo("{\"z\":1,\"a\":\"1970-01-01\",\"m\":null}");
    }

    @Test
    void dateAsAKeyIsText() throws InvalidJsonException {
        assertThat(write(Map.of(Instant.EPOCH, 1))).isEqualTo("{\"1970-01-01T00:00:00Z\":1}");
    }

    @Test
    void dateAsAKeyIsWrittenAsOneThatIsAValue() throws InvalidJsonException {
        for (Object date : List.of(
                OffsetDateTime.parse("2026-01-01T10:00Z"),
                ZonedDateTime.parse("2026-01-15T12:00+01:00[Europe/Paris]"),
                LocalDateTime.parse("2026-01-01T10:00"),
                LocalTime.parse("10:00"),
                OffsetTime.parse("10:00+01:00"),
                Instant.EPOCH)) {
            assertThat(write(Map.of(date, 1)))
                    .isEqualTo("{" + write(date) + ":1}")
                    .contains(":00");
        }
        assertThat(write(Map.of(OffsetDateTime.parse("2026-01-01T10:00Z"), 1)))
                .isEqualTo("{\"2026-01-01T10:00:00Z\":1}");
    }

    @Test
    void dateWithoutAFormThatReceiversReadIsRefused() {
        for (Object date : List.of(
                OffsetDateTime.parse("1890-01-01T10:00:00+00:09:21"),
                OffsetTime.parse("10:00:00+01:00:30"),
                OffsetDateTime.parse("+10000-01-01T10:00:00Z"),
                LocalDateTime.parse("-0001-01-01T10:00:00"),
                Instant.parse("+10000-01-01T10:00:00Z"),
                ZonedDateTime.parse("+12345-01-01T10:00:00Z"))) {
            for (Object value : List.of(date, List.of(date), Map.of(date, 1))) {
                assertThatThrownBy(() -> write(value))
                        .isInstanceOf(InvalidJsonException.class)
                        .hasMessageContaining(date.getClass().getSimpleName() + " is outside the years 0 to 9999");
            }
        }
    }

    @Test
    void numberThatIsNoneIsRefused() {
        for (Object none : List.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                List.of(Double.NaN),
                Map.of("a", Float.NaN),
                OptionalDouble.of(Double.NaN),
                DoubleNode.valueOf(Double.NaN))) {
            assertThatThrownBy(() -> write(none))
                    .isInstanceOf(InvalidJsonException.class)
                    .hasMessageContaining("NaN, infinite");
        }
    }

    @Test
    void beanIsWrittenByItsGetters() throws InvalidJsonException {
        assertThat(write(new Bean())).isEqualTo("{\"name\":\"n\"}");
    }

    @Test
    void objectThatHoldsItselfIsRefused() {
        Node node = new Node();
        node.next = node;

        assertThatThrownBy(() -> Json.write(node)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void cycleOfObjectsIsRefused() {
        Node first = new Node();
        first.next = new Node();
        first.next.next = first;

        assertThatThrownBy(() -> Json.write(first)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void reasonOfACycleIsShort() {
        Node first = new Node();
        first.next = new Node();
        first.next.next = first;

        assertThatThrownBy(() -> Json.write(first))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000));
    }

    @Test
    void listThatHoldsItselfIsRefused() {
        List<Object> list = new ArrayList<>();
        list.add(list);

        assertThatThrownBy(() -> Json.write(list)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void mapThatHoldsItselfIsRefused() {
        Map<String, Object> map = new HashMap<>();
        map.put("self", List.of(map));

        assertThatThrownBy(() -> Json.write(map)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void beanWithoutPropertiesIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> Json.write(Map.of("order", new Object())))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("[\"order\"]");
    }

    @Test
    void getterThatThrowsIsRefused() {
        assertThatThrownBy(() -> Json.write(new Broken()))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("IllegalStateException was thrown")
                .message()
                .as("what the application says may be confidential")
                .doesNotContain("not today");
    }

    @Test
    void optionalNumbersAreNumbersOrNull() throws InvalidJsonException {
        assertThat(write(List.of(OptionalInt.of(1), OptionalLong.of(2), OptionalDouble.of(0.5), OptionalInt.empty())))
                .isEqualTo("[1,2,0.5,null]");
    }

    @Test
    void typeWithoutPropertiesIsNamed() {
        assertThatThrownBy(() -> Json.write(new Object()))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessage(
                        "java.lang.Object has nothing that can be read: no public getter or field, no record component");
    }

    @Test
    void emojiIsWrittenAsItIs() throws InvalidJsonException {
        assertThat(write("\ud83d\ude00")).isEqualTo("\"\ud83d\ude00\"");
        assertThat(Json.read(write("\ud83d\ude00"), String.class)).isEqualTo("\ud83d\ude00");
    }

    /** As in JSON text, which spells it out itself. */
    static Stream<Arguments> halves() {
        return Stream.of(
                arguments("a\ud83d", "\"a\\uD83D\""),
                arguments("\ude00\ud83d", "\"\\uDE00\\uD83D\""),
                arguments(List.of("\udc00", "\ud83d\ude00\ud83d"), "[\"\\uDC00\",\"\ud83d\ude00\\uD83D\"]"),
                arguments(new RawValue("[\"\ud800\"]"), "[\"\\uD800\"]"));
    }

    @ParameterizedTest
    @MethodSource("halves")
    void halfOfASurrogatePairIsSpelledOut(Object value, String json) throws InvalidJsonException {
        assertThat(write(value)).isEqualTo(json);
        assertThat(Json.verified(json)).isEqualTo(Json.write(value));
    }

    private static String write(Object value) throws InvalidJsonException {
        return new String(Json.write(value), UTF_8);
    }

    public record Line(String item, Optional<String> note) {}

    public record Order(int id, Instant at, List<Line> lines) {}

    public static final class Bean {
        public String getName() {
            return "n";
        }
    }

    public static final class Broken {
        public String getName() {
            return Optional.<String>empty().orElseThrow(() -> new IllegalStateException("not today"));
        }
    }

    public static final class Node {
        private Node next;

        public Node getNext() {
            return next;
        }
    }

    // ---- what passes for JSON and is none

    record Detailed(String id, @JsonRawValue String details) {}

    static Stream<Arguments> notJson() {
        return Stream.of(
                arguments(new RawValue("{bad"), "not JSON"),
                arguments(new RawValue("1,\"type\":\"other\""), "not JSON"),
                arguments(new RawValue("{} {}"), "something follows"),
                arguments(new RawValue(""), "empty"),
                arguments(Map.of("a", new RawValue("]")), "not JSON"),
                arguments(List.of(new RawValue("1 2")), "not JSON"),
                arguments(new Detailed("o1", "{bad"), "not JSON"),
                arguments(new Detailed("o1", "1},\"x\":{"), "not JSON"),
                arguments(Map.of("v", BigInteger.TEN.pow(1000)), "1000 digits"),
                arguments(List.of(new BigDecimal(BigInteger.ONE, -2000).add(BigDecimal.ONE)), "1000 digits"),
                arguments(Map.of("\ud800", 1), "half of a surrogate pair"),
                arguments(Map.of("a\udc00", 1), "half of a surrogate pair"),
                arguments(Map.of("v", Map.of("\ud800\ud800", 1)), "half of a surrogate pair"),
                arguments(new RawValue("\ud800"), "not JSON"),
                arguments(new RawValue("\"\\\ud800\""), "not JSON"));
    }

    @ParameterizedTest
    @MethodSource("notJson")
    void whatNoReceiverCouldReadIsRefused(Object value, String words) {
        assertThatThrownBy(() -> Json.write(value))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining(words);
    }

    @Test
    void rawValueThatIsJsonIsWrittenAsItIs() throws Exception {
        assertThat(new String(Json.write(new Detailed("o1", "{\"n\": 1.10}")), UTF_8))
                .isEqualTo("{\"id\":\"o1\",\"details\":{\"n\": 1.10}}");
    }

    // ---- trees of other libraries

    @tools.jackson.databind.annotation.JsonNaming(
            tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Named(String firstName) {}

    static Stream<Arguments> foreign() {
        var jackson3 = new tools.jackson.databind.ObjectMapper();
        var gson = new com.google.gson.JsonObject();
        gson.addProperty("a", 1);
        return Stream.of(
                arguments(jackson3.readTree("{\"a\":1}"), "tools.jackson.databind.node.ObjectNode"),
                arguments(jackson3.readTree("[1]"), "tools.jackson.databind.node.ArrayNode"),
                arguments(jackson3.readTree("\"text\""), "tools.jackson.databind.node.StringNode"),
                arguments(Map.of("tree", jackson3.readTree("{}")), "tree"),
                arguments(List.of(Optional.of(jackson3.readTree("1"))), "tools.jackson.databind.node.IntNode"),
                arguments(gson, "com.google.gson.JsonObject"),
                arguments(Map.of("tree", new com.google.gson.JsonArray()), "com.google.gson.JsonArray"),
                arguments(new org.json.JSONObject(Map.of("a", 1)), "org.json.JSONObject"),
                arguments(new org.json.JSONArray(), "org.json.JSONArray"));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void treeOfAnotherLibraryIsRefusedByNameWithWhatToDo(Object tree, String named) {
        assertThatThrownBy(() -> Json.write(tree))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining(named)
                .hasMessageContaining("JSON tree of another library")
                .hasMessageContaining("Event.builder(type).json(tree.toString())");
    }

    @Test
    void typeWithAnnotationsOfJackson3IsRefusedByName() {
        assertThatThrownBy(() -> Json.write(List.of(new Named("Ada"))))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("JsonWriteTest$Named has annotations of Jackson 3")
                .hasMessageContaining("mapper.writeValueAsString(data)");
    }

    static class Inherits {
        @tools.jackson.databind.annotation.JsonSerialize
        public String firstName() {
            return "Ada";
        }
    }

    static final class Heir extends Inherits {
        public int getNumber() {
            return 1;
        }
    }

    @Test
    void annotationsOfJackson3ThatAreInheritedCountToo() {
        assertThatThrownBy(() -> Json.write(new Heir())).hasMessageContaining("JsonWriteTest$Heir has annotations");
    }

    @Test
    void plainMapThatAnotherLibraryMadeIsNoTree() throws Exception {
        Map<?, ?> map = new com.google.gson.Gson().fromJson("{\"a\":[1.5,{}]}", Map.class);

        assertThat(map.getClass().getName()).startsWith("com.google.gson.");
        assertThat(new String(Json.write(map), UTF_8)).isEqualTo("{\"a\":[1.5,{}]}");
    }
}
