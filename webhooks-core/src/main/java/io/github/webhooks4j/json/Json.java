package io.github.webhooks4j.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into JSON bytes, with settings of our own that no host application can change: what is signed and stored
 * must not depend on whose mapper was found.
 */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .addModule(javaTypes())
            .addModule(new ForeignTypes())
            .build();

    private static final Pattern HALF = Pattern.compile("[\\x{D800}-\\x{DFFF}]");

    private static final int MAX_PLACE = 300;

    private Json() {}

    /**
     * The value as JSON: dates as ISO 8601 text, also as keys of a map, always with seconds, and with an offset as RFC 3339 has it; an
     * empty {@code Optional} as null.
     *
     * @throws InvalidJsonException if the value, or something within it, cannot be written as JSON, or as JSON that {@link #verified}
     *     would not take
     */
    public static byte[] write(@Nullable Object value) throws InvalidJsonException {
        String written = writeUnchecked(value);
        checkWritten(written);
        return spellingHalves(written).getBytes(StandardCharsets.UTF_8);
    }

    /** A value may write anything in its place, as {@code RawValue} does. */
    private static void checkWritten(String written) throws InvalidJsonException {
        try {
            check(written);
        } catch (InvalidJsonException e) {
            throw new InvalidJsonException(
                    e.getMessage()
                            + " of what it becomes. A RawValue, @JsonRawValue or serializer of yours may write only what is"
                            + " JSON, no number may be NaN, infinite or of more than 1000 digits, and no name half of a surrogate pair",
                    null);
        }
    }

    /** As text first: how bytes are written, of emoji for example, depends on the version of Jackson. */
    private static String writeUnchecked(@Nullable Object value) throws InvalidJsonException {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonMappingException e) {
            String place = place(e);
            throw new InvalidJsonException(reason(e) + (place.isEmpty() ? "" : " (at " + place + ")"), e);
        } catch (JsonProcessingException | RuntimeException e) {
            throw new InvalidJsonException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Never the text of an exception that the application's own code threw: it may hold data. */
    private static String reason(JsonMappingException e) {
        if (e instanceof InvalidDefinitionException definition
                && definition.getType() != null
                && e.getOriginalMessage().startsWith("No serializer found")) {
            return definition.getType().getRawClass().getName()
                    + " has nothing that can be read: no public getter or field, no record component";
        }
        Throwable cause = e.getCause();
        return cause == null || cause instanceof JsonProcessingException
                ? e.getOriginalMessage()
                : cause.getClass().getName() + " was thrown";
    }

    /**
     * The bytes of a JSON text, unchanged, once it is known to be exactly one JSON value that can be read as a tree, too.
     *
     * @throws InvalidJsonException with the position of what is not JSON, or of a number that nothing here can hold
     */
    public static byte[] verified(String json) throws InvalidJsonException {
        byte[] bytes = utf8(json);
        check(json);
        return bytes;
    }

    private static void check(String json) throws InvalidJsonException {
        // Not of the bytes: of those, the parser would guess the encoding, and take a byte order mark or UTF-16 as
        // well.
        try (JsonParser parser = MAPPER.getFactory().createParser(json)) {
            if (parser.nextToken() == null) {
                throw new InvalidJsonException("the text is empty", null);
            }
            readValue(parser);
            JsonToken extra = parser.nextToken();
            if (extra != null) {
                throw new InvalidJsonException("something follows the JSON value at " + position(parser), null);
            }
        } catch (StreamConstraintsException e) {
            throw new InvalidJsonException("the text is beyond a limit: " + e.getOriginalMessage(), null);
        } catch (JsonProcessingException e) {
            // The parser's own message quotes the text, which may be confidential.
            throw new InvalidJsonException("the text is not JSON at " + position(e.getLocation()), null);
        } catch (IOException e) {
            throw new InvalidJsonException("the text cannot be read as JSON", e);
        }
    }

    /**
     * Goes to the end of the value at which the parser is. Numbers are looked at too, which it would leave for later, and names, in
     * which only newer versions of Jackson refuse half of a surrogate pair.
     */
    private static void readValue(JsonParser parser) throws IOException, InvalidJsonException {
        do {
            try {
                if (parser.currentToken().isNumeric()) {
                    parser.getDecimalValue();
                }
            } catch (NumberFormatException e) {
                throw new InvalidJsonException("a number has too large an exponent at " + position(parser), null);
            }
            if (parser.currentToken() == JsonToken.FIELD_NAME && hasHalf(parser.getText())) {
                throw new InvalidJsonException("a name has half of a surrogate pair at " + position(parser), null);
            }
        } while (!parser.getParsingContext().inRoot() && parser.nextToken() != null);
    }

    /**
     * The JSON value in these bytes. Its numbers stay as they are written, such as {@code 1.50}, {@code -0} and {@code 1e2}: a
     * receiver that computes with the text, or compares it, gets what the application published.
     */
    public static JsonNode tree(byte[] json) throws InvalidJsonException {
        try (JsonParser parser = MAPPER.getFactory().createParser(new String(json, StandardCharsets.UTF_8))) {
            if (parser.nextToken() == null) {
                throw new InvalidJsonException("the text is empty", null);
            }
            return node(parser);
        } catch (JsonProcessingException e) {
            throw new InvalidJsonException("the text is not JSON at " + position(e.getLocation()), null);
        } catch (IOException e) {
            throw new InvalidJsonException("the text cannot be read as JSON", e);
        }
    }

    /** The value at which the parser is. The parser bounds how deep values are nested. */
    private static JsonNode node(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.getText();
                    parser.nextToken();
                    object.set(name, node(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(node(parser));
                }
                yield array;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new WrittenNumber(parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(parser.getBooleanValue());
            case VALUE_NULL -> JsonNodeFactory.instance.nullNode();
            default -> JsonNodeFactory.instance.textNode(parser.getText());
        };
    }

    /**
     * The members of a JSON object that are text, numbers or booleans, as text: for reading what strangers answer.
     *
     * @throws InvalidJsonException if it is not exactly one JSON object
     */
    public static Map<String, String> scalars(byte[] json) throws InvalidJsonException {
        verified(new String(json, StandardCharsets.UTF_8));
        JsonNode tree = tree(json);
        if (!tree.isObject()) {
            throw new InvalidJsonException("the text is no JSON object", null);
        }
        Map<String, String> scalars = new HashMap<>();
        tree.properties().stream()
                .filter(member ->
                        member.getValue().isValueNode() && !member.getValue().isNull())
                .forEach(
                        member -> scalars.put(member.getKey(), member.getValue().asText()));
        return scalars;
    }

    /** Checks as {@link #verified} does, and that no object has two members of one name. */
    public static void checkStrictly(String json) throws InvalidJsonException {
        verified(json);
        try {
            MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION).readTree(json);
        } catch (JsonProcessingException e) {
            throw new InvalidJsonException(
                    "an object has two members of one name at " + position(e.getLocation()), null);
        }
    }

    /** The JSON of a tree, with halves of surrogate pairs spelled out. */
    public static String text(JsonNode tree) {
        return spellingHalves(text(MAPPER.writer(), tree));
    }

    /** Half of a surrogate pair has no bytes of its own; JSON can spell it out. */
    public static String spellingHalves(String json) {
        return hasHalf(json)
                ? HALF.matcher(json)
                        .replaceAll(half ->
                                String.format("\\\\u%04X", (int) half.group().charAt(0)))
                : json;
    }

    private static boolean hasHalf(String text) {
        return text.chars().anyMatch(c -> Character.isSurrogate((char) c))
                && HALF.matcher(text).find();
    }

    /** The JSON of a tree, for people. Halves of surrogate pairs stay as they are. */
    public static String indented(JsonNode tree) {
        return text(MAPPER.writerWithDefaultPrettyPrinter(), tree);
    }

    private static String text(ObjectWriter writer, JsonNode tree) {
        try {
            return writer.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** Reads JSON that the library itself wrote. */
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot read " + type.getSimpleName() + " at " + position(e.getLocation()));
        }
    }

    /** Reads JSON that the library itself wrote, or a newer version of it: what this one does not know is left out. */
    public static <T> T readKnown(String json, Class<T> type) {
        try {
            return MAPPER.readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot read " + type.getSimpleName() + " at " + position(e.getLocation()));
        }
    }

    /**
     * A value of the library's own as a JSON object, with the members of an earlier one that it does not have: a newer version wrote
     * them.
     */
    public static String writeOver(String earlier, Object value) {
        try {
            ObjectNode members = MAPPER.createObjectNode();
            if (MAPPER.readTree(earlier) instanceof ObjectNode before) {
                members.setAll(before);
            }
            return MAPPER.writeValueAsString(members.setAll((ObjectNode) MAPPER.valueToTree(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write over what is no JSON");
        }
    }

    /** Whether two texts are the same JSON, whatever the order of members; what is no JSON is the same as itself only. */
    public static boolean isSame(String one, String other) {
        try {
            return one.equals(other) || MAPPER.readTree(one).equals(MAPPER.readTree(other));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /**
     * The members of a JSON object that the library itself wrote, or a newer version of it, as plain values: text, numbers,
     * booleans, lists and maps. Those that are null are left out.
     *
     * @throws IllegalArgumentException if it is no JSON object
     */
    public static Map<String, Object> members(String json) {
        try {
            if (!(MAPPER.readTree(json) instanceof ObjectNode object)) {
                throw new IllegalArgumentException("the text is no JSON object");
            }
            Map<String, Object> members = new LinkedHashMap<>();
            object.properties().stream()
                    .filter(member -> !member.getValue().isNull())
                    .forEach(member ->
                            members.put(member.getKey(), MAPPER.convertValue(member.getValue(), Object.class)));
            return members;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the text is not JSON at " + position(e.getLocation()));
        }
    }

    /** The JSON of plain values: text, numbers, booleans, lists and maps. */
    public static String writePlain(Object plain) {
        try {
            return new String(write(plain), StandardCharsets.UTF_8);
        } catch (InvalidJsonException e) {
            throw new IllegalStateException("plain values can always be written", e);
        }
    }

    private static String position(JsonParser parser) {
        return position(parser.currentTokenLocation());
    }

    private static String position(com.fasterxml.jackson.core.@Nullable JsonLocation location) {
        return location == null
                ? "an unknown position"
                : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** Where in the value; of a cycle, the beginning of the way around. */
    private static String place(JsonMappingException e) {
        String path = e.getPathReference();
        return path.length() <= MAX_PLACE ? path : path.substring(0, MAX_PLACE) + "…";
    }

    private static byte[] utf8(String text) throws InvalidJsonException {
        CharBuffer chars = CharBuffer.wrap(text);
        try {
            ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(chars);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            String before = text.substring(0, chars.position());
            long line = 1 + before.chars().filter(c -> c == '\n').count();
            int column = before.length() - before.lastIndexOf('\n');
            throw new InvalidJsonException(
                    "the text has half of a surrogate pair, which UTF-8 cannot hold, at line " + line + ", column "
                            + column,
                    e);
        }
    }

    /** Jackson 2 alone refuses the types of java.time and Optional; a module for them would be one more dependency. */
    private static SimpleModule javaTypes() {
        SimpleModule module = new SimpleModule("webhooks4j");
        List<Class<?>> written = List.of(
                LocalDate.class,
                Duration.class,
                Period.class,
                Year.class,
                YearMonth.class,
                MonthDay.class,
                ZoneId.class,
                ZoneOffset.class);
        written.forEach(type -> module.addSerializer(type, ToStringSerializer.instance));
        // Their own text leaves out seconds that are zero.
        Map<Class<? extends TemporalAccessor>, DateTimeFormatter> times = Map.of(
                Instant.class, DateTimeFormatter.ISO_INSTANT,
                OffsetDateTime.class, DateTimeFormatter.ISO_OFFSET_DATE_TIME,
                ZonedDateTime.class, DateTimeFormatter.ISO_OFFSET_DATE_TIME,
                LocalDateTime.class, DateTimeFormatter.ISO_LOCAL_DATE_TIME,
                LocalTime.class, DateTimeFormatter.ISO_LOCAL_TIME,
                OffsetTime.class, DateTimeFormatter.ISO_OFFSET_TIME);
        times.forEach((type, form) -> {
            module.addSerializer(new Time<>(type, form, false));
            module.addKeySerializer(type, new Time<>(type, form, true));
        });
        module.addSerializer(new Unwrapped<>(Optional.class, optional -> ((Optional<?>) optional).orElse(null)));
        module.addSerializer(new Unwrapped<>(OptionalInt.class, n -> n.isPresent() ? n.getAsInt() : null));
        module.addSerializer(new Unwrapped<>(OptionalLong.class, n -> n.isPresent() ? n.getAsLong() : null));
        module.addSerializer(new Unwrapped<>(OptionalDouble.class, n -> n.isPresent() ? n.getAsDouble() : null));
        return module;
    }

    /** Writes a time as text, or refuses one that has no form which receivers can read. */
    private static final class Time<T extends TemporalAccessor> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;
        /** A year of more or less than four digits, or an offset with seconds. */
        private static final Pattern UNREADABLE = Pattern.compile("[+-].*|.*[+-][0-9]{2}:[0-9]{2}:[0-9]{2}");

        private final transient DateTimeFormatter form;
        private final boolean isKey;

        Time(Class<? extends T> type, DateTimeFormatter form, boolean isKey) {
            super(type, false);
            this.form = form;
            this.isKey = isKey;
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            String text = form.format(value);
            if (UNREADABLE.matcher(text).matches()) {
                provider.reportMappingProblem(
                        "%s is outside the years 0 to 9999, or its offset has seconds",
                        value.getClass().getSimpleName());
            }
            if (isKey) {
                generator.writeFieldName(text);
            } else {
                generator.writeString(text);
            }
        }
    }

    /** Writes what a value contains, or stands for, or null. */
    private static final class Unwrapped<T> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;

        private final transient Function<? super T, @Nullable Object> content;

        Unwrapped(Class<T> type, Function<? super T, @Nullable Object> content) {
            super(type);
            this.content = content;
        }

        @Override
        public void serialize(T value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            provider.defaultSerializeValue(content.apply(value), generator);
        }
    }
}
