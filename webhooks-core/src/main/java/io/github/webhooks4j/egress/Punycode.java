package io.github.webhooks4j.egress;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a label means something: it is Punycode (RFC 3492, section 6.2) of letters that a name may have in this form. Others
 * are looked up under another name, or not at all (UTS 46).
 */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_N = 0x80;

    private Punycode() {}

    /**
     * Whether what follows {@code xn--} means something.
     *
     * @param text lower-case letters, digits and hyphens
     */
    static boolean isValid(String text) {
        String decoded = decode(text);
        return decoded != null
                && Normalizer.normalize(decoded.toLowerCase(Locale.ROOT), Normalizer.Form.NFKC)
                        .equals(decoded)
                && !isMark(decoded.codePointAt(0))
                && decoded.codePoints().allMatch(Punycode::isVisible);
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** What it stands for; null if it is not Punycode. */
    private static @Nullable String decode(String text) {
        StringBuilder decoded = new StringBuilder(text.substring(0, Math.max(text.lastIndexOf('-'), 0)));
        int basic = Math.max(text.lastIndexOf('-'), 0);
        int at = basic == 0 ? 0 : basic + 1;
        if (at == text.length()) {
            return null;
        }
        int points = basic;
        int bias = INITIAL_BIAS;
        long n = INITIAL_N;
        long i = 0;
        while (at < text.length()) {
            long before = i;
            long weight = 1;
            for (int k = BASE; ; k += BASE) {
                int digit = at < text.length() ? digit(text.charAt(at++)) : -1;
                if (digit < 0) {
                    return null;
                }
                i += digit * weight;
                int threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
                if (i > Integer.MAX_VALUE) {
                    return null;
                }
                if (digit < threshold) {
                    break;
                }
                weight *= BASE - threshold;
            }
            points++;
            bias = adapt(i - before, points, before == 0);
            n += i / points;
            i = i % points;
            if (!Character.isValidCodePoint((int) Math.min(n, Integer.MAX_VALUE)) || isSurrogate(n)) {
                return null;
            }
            decoded.insert(decoded.offsetByCodePoints(0, (int) i), Character.toString((int) n));
            i++;
        }
        return decoded.toString();
    }

    private static boolean isSurrogate(long n) {
        return n >= Character.MIN_SURROGATE && n <= Character.MAX_SURROGATE;
    }

    private static int digit(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
    }

    private static int adapt(long delta, int points, boolean first) {
        long d = first ? delta / DAMP : delta / 2;
        d += d / points;
        int k = 0;
        while (d > (BASE - T_MIN) * T_MAX / 2) {
            d /= BASE - T_MIN;
            k += BASE;
        }
        return (int) (k + (BASE - T_MIN + 1) * d / (d + SKEW));
    }
}
