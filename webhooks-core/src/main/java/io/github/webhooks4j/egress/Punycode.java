package io.github.webhooks4j.egress;

/** Tells whether a text is Punycode at all (RFC 3492, section 6.2). What it decodes to is of no interest here. */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_N = 0x80;

    private Punycode() {}

    /** Expects lower-case letters, digits and hyphens. */
    static boolean isValid(String text) {
        int basic = Math.max(text.lastIndexOf('-'), 0);
        int at = basic == 0 ? 0 : basic + 1;
        if (at == text.length()) {
            return false;
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
                    return false;
                }
                i += digit * weight;
                int threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
                if (i > Integer.MAX_VALUE) {
                    return false;
                }
                if (digit < threshold) {
                    break;
                }
                weight *= BASE - threshold;
            }
            points++;
            bias = adapt(i - before, points, before == 0);
            n += i / points;
            i = i % points + 1;
            if (!Character.isValidCodePoint((int) Math.min(n, Integer.MAX_VALUE)) || isSurrogate(n)) {
                return false;
            }
        }
        return true;
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
