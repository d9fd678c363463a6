package io.github.webhooks4j.settings;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A codec of values without secrets. */
record PlainCodec<T>(Function<T, Object> write, Function<Object, T> read) implements Codec<T> {
    static final Codec<String> TEXT = new PlainCodec<>(text -> text, PlainCodec::text);
    static final Codec<Integer> NUMBER = new PlainCodec<>(number -> number, PlainCodec::number);
    static final Codec<Boolean> FLAG = new PlainCodec<>(flag -> flag, PlainCodec::flag);
    static final Codec<Double> FRACTION = new PlainCodec<>(fraction -> fraction, PlainCodec::fraction);
    static final Codec<Duration> MILLIS = new PlainCodec<>(Duration::toMillis, PlainCodec::millis);
    static final Codec<Map<String, String>> TEXT_BY_NAME = new PlainCodec<>(TreeMap::new, PlainCodec::textByName);

    @Override
    public Object write(T value, Secrets secrets) {
        return write.apply(value);
    }

    @Override
    public Reading<T> read(Object plain, Secrets secrets) {
        return new Reading<>(read.apply(plain), true);
    }

    private static String text(Object plain) {
        if (plain instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("must be text");
    }

    private static Integer number(Object plain) {
        if (plain instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException("must be a whole number");
    }

    private static Boolean flag(Object plain) {
        if (plain instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException("must be true or false");
    }

    private static Double fraction(Object plain) {
        if (plain instanceof Integer || plain instanceof Double) {
            return ((Number) plain).doubleValue();
        }
        throw new IllegalArgumentException("must be a number");
    }

    private static Duration millis(Object plain) {
        if (plain instanceof Integer || plain instanceof Long) {
            return Duration.ofMillis(((Number) plain).longValue());
        }
        throw new IllegalArgumentException("must be a whole number of milliseconds");
    }

    private static Map<String, String> textByName(Object plain) {
        if (!(plain instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("must be text by name");
        }
        Map<String, String> texts = new TreeMap<>();
        map.forEach((name, value) -> texts.put(text(name), text(value)));
        return Map.copyOf(texts);
    }
}
