package io.github.webhooks4j.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hides secrets in a text that may echo them, in whatever spelling servers use: as they are, escaped for URLs, JSON or HTML, in
 * base64 or in hex. The text is read in each of these ways, and searched for all secrets at once.
 *
 * <p>Whoever wrote the text may want this to be slow. The time grows with the length of the text and that of the secrets, each by
 * itself, and never with their product. Immutable.
 */
public final class Masks {
    private static final byte[] MASK = "***".getBytes(US_ASCII);

    /** How many bytes a secret has at least: shorter ones stand in any text by chance. */
    public static final int SHORTEST = 8;

    /** Far more than a webhook needs; what searches for them takes up to 50 times as many. */
    private static final int MOST_BYTES = 64 * 1024;

    /** Less of a secret stands at the end of any text by chance. */
    private static final int LEAST_BEGINNING = 4;

    /** JSON within JSON within JSON. */
    private static final int DEEPEST_ESCAPES = 3;

    private final boolean hidesAll;

    /** Null if there is nothing to look for. */
    private final @Nullable Patterns patterns;

    private Masks(boolean hidesAll, @Nullable Patterns patterns) {
        this.hidesAll = hidesAll;
        this.patterns = patterns;
    }

    /** Those that hide these secrets. */
    public static Masks of(Collection<byte[]> secrets) {
        if (secrets.stream().mapToInt(secret -> secret.length).sum() > MOST_BYTES) {
            return new Masks(true, null);
        }
        List<byte[]> patterns = patterns(secrets);
        return new Masks(false, patterns.isEmpty() ? null : new Patterns(patterns));
    }

    /**
     * The text with {@code ***} in the place of every secret of {@value #SHORTEST} bytes or more. Parts of a secret are not found,
     * except at the end: there, a secret that would go on is masked from its fourth byte on, since any answer may have broken off. If
     * there are more than 64 KiB of secrets, all of the text is masked.
     *
     * @param isCut whether the text certainly goes on: then even the first byte of a secret at its end is masked
     */
    public byte[] mask(byte[] text, boolean isCut) {
        if (hidesAll) {
            return MASK.clone();
        }
        if (patterns == null) {
            return text;
        }
        Search search = new Search(patterns.forOneSearch(), text, isCut ? 1 : LEAST_BEGINNING);
        Reading reading = Reading.of(text);
        search.in(reading);
        for (int level = 0; level < DEEPEST_ESCAPES && (level == 0 || reading.hadEscapes()); level++) {
            reading = reading.unescaped(false);
            search.in(reading);
            for (int at = 0; at < Reading.BASE64_GROUP; at++) {
                search.in(reading.base64(at));
            }
            for (int at = 0; at < Reading.HEX_GROUP; at++) {
                search.in(reading.hex(at));
            }
        }
        return search.masked(MASK);
    }

    /** Each secret, and what is left of it when the text, and so the secret in it, is unescaped. */
    private static List<byte[]> patterns(Collection<byte[]> secrets) {
        List<byte[]> patterns = new ArrayList<>();
        for (byte[] secret : secrets) {
            patterns.add(secret);
            byte[] plain = Reading.of(secret).unescaped(true).bytes();
            if (!Arrays.equals(plain, secret)) {
                patterns.add(plain);
            }
        }
        patterns.removeIf(pattern -> pattern.length < SHORTEST);
        return patterns;
    }
}
