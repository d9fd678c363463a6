package io.github.webhooks4j.settings;

import java.util.List;
import java.util.stream.IntStream;

/** A codec of lists. */
record ListCodec<E>(Codec<E> elements) implements Codec<List<E>> {
    @Override
    public Object write(List<E> value, Secrets secrets) {
        return IntStream.range(0, value.size())
                .mapToObj(i -> elements.write(value.get(i), of(i, secrets)))
                .toList();
    }

    @Override
    public Reading<List<E>> read(Object plain, Secrets secrets) {
        if (!(plain instanceof List<?> list)) {
            throw new IllegalArgumentException("must be a list");
        }
        List<Reading<E>> readings = IntStream.range(0, list.size())
                .mapToObj(i -> elements.read(list.get(i), of(i, secrets)))
                .toList();
        return new Reading<>(
                readings.stream().map(Reading::value).toList(),
                readings.stream().allMatch(Reading::complete));
    }

    private static Secrets of(int index, Secrets secrets) {
        return secrets.within(Integer.toString(index));
    }
}
