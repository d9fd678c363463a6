package io.github.webhooks4j.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.masking.Masks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes text that any database can hold, bounded and without secrets, of what receivers and events may hold. What is not UTF-8, and
 * U+0000, becomes U+FFFD. For one thread.
 */
final class KeptText {
    private static final int MAX_HEADERS = 50;
    private static final int MAX_NAME = 128;
    private static final int MAX_VALUE = 2048;

    private final Supplier<Masks> source;
    private @Nullable Masks masks;

    /**
     * Of one exchange.
     *
     * @param masks hide its secrets; asked at most once, and only if there is something to hide them in
     */
    KeptText(Supplier<Masks> masks) {
        source = masks;
    }

    /**
     * The beginning.
     *
     * @param most how many bytes it has at most in UTF-8; as long as that, it is taken for cut
     */
    String beginning(byte[] bytes, int most) {
        boolean isCut = bytes.length >= most;
        byte[] beginning = isCut ? Arrays.copyOf(bytes, most) : bytes;
        return cut(new String(masked(beginning, isCut), UTF_8).replace('\0', '\uFFFD'), most);
    }

    private byte[] masked(byte[] text, boolean isCut) {
        return text.length < Masks.SHORTEST ? text : masks().mask(text, isCut);
    }

    private Masks masks() {
        Masks known = masks;
        if (known == null) {
            known = source.get();
            masks = known;
        }
        return known;
    }

    /**
     * The first 50, each cut if it is very long.
     *
     * @param most how many bytes they have in all, names and values
     */
    Map<String, String> headers(Map<String, String> headers, int most) {
        Map<String, String> kept = new LinkedHashMap<>();
        int left = most;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = beginning(header.getKey(), Math.min(left, MAX_NAME));
            left -= length(name);
            if (left <= 0 || kept.size() == MAX_HEADERS) {
                break;
            }
            String value = beginning(header.getValue(), Math.min(left, MAX_VALUE));
            left -= length(value);
            kept.put(name, value);
        }
        return kept;
    }

    private String beginning(String text, int most) {
        return beginning((text.length() > most ? text.substring(0, most) : text).getBytes(UTF_8), most);
    }

    /** What was one byte and is U+FFFD takes three. */
    private static String cut(String text, int most) {
        int bytes = 0;
        for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            bytes += length(text.codePointAt(at));
            if (bytes > most) {
                return text.substring(0, at);
            }
        }
        return text;
    }

    private static int length(String text) {
        return text.codePoints().map(KeptText::length).sum();
    }

    /** In UTF-8. */
    private static int length(int point) {
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
}
