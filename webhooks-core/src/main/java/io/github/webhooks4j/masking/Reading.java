package io.github.webhooks4j.masking;

import java.util.Arrays;

/** What a text says if it is read in one way: bytes, each with the part of the text that spells it, and gaps between them. */
final class Reading {
    static final int GAP = -1;
    static final int BASE64_GROUP = 4;
    static final int HEX_GROUP = 2;

    private static final int LONGEST_ENTITY = 10;
    private static final int NONE = -1;
    private static final int[] SEXTETS = sextets();

    private final int[] symbols;
    private final int[] from;
    private final int[] to;
    private int size;
    private boolean hadEscapes;

    private Reading(int capacity) {
        symbols = new int[capacity];
        from = new int[capacity];
        to = new int[capacity];
    }

    /** As it is. */
    static Reading of(byte[] text) {
        Reading reading = new Reading(text.length);
        for (int at = 0; at < text.length; at++) {
            reading.add(text[at] & 0xFF, at, at + 1);
        }
        return reading;
    }

    private void add(int symbol, int start, int end) {
        symbols[size] = symbol;
        from[size] = start;
        to[size] = end;
        size++;
    }

    int size() {
        return size;
    }

    /** A byte, from 0 to 255, or {@link #GAP}. */
    int symbol(int at) {
        return symbols[at];
    }

    /** Where what spells a byte begins in the text. */
    int from(int at) {
        return from[at];
    }

    /** Where it ends. */
    int to(int at) {
        return to[at];
    }

    byte[] bytes() {
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; at++) {
            bytes[at] = (byte) symbols[at];
        }
        return bytes;
    }

    /** Whether there was anything to unescape. */
    boolean hadEscapes() {
        return hadEscapes;
    }

    // ---- escapes

    /**
     * This without the escapes of URLs, JSON and HTML, all at once. A space becomes {@code +}, as in forms. What splits words without
     * being read is left out: line breaks, as in base64, and NUL, as in UTF-16.
     *
     * @param isWhole whether what looks like an escape that the end cuts off is none; if not, it is left out, too
     */
    Reading unescaped(boolean isWhole) {
        Reading plain = new Reading(size);
        int at = 0;
        while (at < size) {
            int length = escapeLength(at);
            if (at + length > size) {
                if (!isWhole) {
                    break;
                }
                length = 1;
            }
            if (length == 1) {
                plain.addPlain(symbols[at], from[at], to[at]);
            } else {
                plain.hadEscapes = true;
                plain.addEscaped(escaped(at, length), isByte(at), from[at], to[at + length - 1]);
            }
            at += length;
        }
        return plain;
    }

    private void addPlain(int symbol, int start, int end) {
        if (symbol != 0 && symbol != '\r' && symbol != '\n') {
            add(symbol == ' ' ? '+' : symbol, start, end);
        }
    }

    /** In UTF-8, which is never longer than its escape. */
    private void addEscaped(int point, boolean isByte, int start, int end) {
        if (isByte || point < 0x80) {
            addPlain(point, start, end);
        } else if (point < 0x800) {
            add(0xC0 | (point >> 6), start, end);
            add(0x80 | (point & 0x3F), start, end);
        } else if (point < 0x10000) {
            add(0xE0 | (point >> 12), start, end);
            add(0x80 | ((point >> 6) & 0x3F), start, end);
            add(0x80 | (point & 0x3F), start, end);
        } else {
            add(0xF0 | (point >> 18), start, end);
            add(0x80 | ((point >> 12) & 0x3F), start, end);
            add(0x80 | ((point >> 6) & 0x3F), start, end);
            add(0x80 | (point & 0x3F), start, end);
        }
    }

    /** How long the escape is that begins here, more than is left if the end cuts it off; 1 if there is none. */
    private int escapeLength(int at) {
        return switch (symbols[at]) {
            case '%' -> lengthIfHex(at, 1, 2);
            case '\\' -> backslashLength(at);
            case '&' -> entityLength(at);
            default -> 1;
        };
    }

    private int backslashLength(int at) {
        return switch (peek(at + 1)) {
            case 'x' -> lengthIfHex(at, 2, 2);
            case 'u' -> isPair(at) ? 12 : lengthIfHex(at, 2, 4);
            default -> 2;
        };
    }

    /** Whether this is the first half of a character of two, as JSON writes it, and the second follows as far as there is text. */
    private boolean isPair(int at) {
        int second = at + 6;
        return Character.isHighSurrogate((char) number(at + 2, second, 16))
                && (second >= size || symbols[second] == '\\')
                && (second + 1 >= size || symbols[second + 1] == 'u')
                && lengthIfHex(second, 2, 4) == 6
                && (second + 6 > size || Character.isLowSurrogate((char) number(second + 2, second + 6, 16)));
    }

    private int entityLength(int at) {
        int end = at + 1;
        while (end < size && end - at < LONGEST_ENTITY && isEntityPart(symbols[end])) {
            end++;
        }
        if (end == size) {
            return size - at + 1; // cut off
        }
        return symbols[end] == ';' && entity(at, end) != NONE ? end + 1 - at : 1;
    }

    private static boolean isEntityPart(int symbol) {
        return symbol == '#' || (symbol < 0x80 && Character.isLetterOrDigit(symbol));
    }

    /** How long it is if digits follow up to there, as far as there is text; else 1. */
    private int lengthIfHex(int at, int skipped, int digits) {
        for (int i = at + skipped; i < Math.min(size, at + skipped + digits); i++) {
            if (digit(symbols[i], 16) == NONE) {
                return 1;
            }
        }
        return skipped + digits;
    }

    private int peek(int at) {
        return at < size ? symbols[at] : NONE;
    }

    /** Whether the escape stands for a byte, and not for a character. */
    private boolean isByte(int at) {
        return symbols[at] == '%' || (symbols[at] == '\\' && symbols[at + 1] != 'u');
    }

    private int escaped(int at, int length) {
        return switch (symbols[at]) {
            case '%' -> number(at + 1, at + length, 16);
            case '&' -> entity(at, at + length - 1);
            default ->
                switch (symbols[at + 1]) {
                    case 'x' -> number(at + 2, at + length, 16);
                    case 'u' ->
                        length == 12
                                ? Character.toCodePoint(
                                        (char) number(at + 2, at + 6, 16), (char) number(at + 8, at + 12, 16))
                                : number(at + 2, at + length, 16);
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    default -> symbols[at + 1];
                };
        };
    }

    /** The character that stands between the ampersand and the semicolon. */
    private int entity(int at, int end) {
        if (peek(at + 1) == '#') {
            boolean isHex = peek(at + 2) == 'x' || peek(at + 2) == 'X';
            int point = isHex ? number(at + 3, end, 16) : number(at + 2, end, 10);
            return point <= Character.MAX_CODE_POINT ? point : NONE;
        }
        StringBuilder name = new StringBuilder();
        for (int i = at + 1; i < end; i++) {
            name.append((char) symbols[i]);
        }
        return switch (name.toString()) {
            case "amp" -> '&';
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> NONE;
        };
    }

    /** Of at most {@link #LONGEST_ENTITY} digits; {@link #NONE} if it is none. */
    private int number(int start, int end, int radix) {
        long number = start < end ? 0 : NONE;
        for (int i = start; i < end; i++) {
            int digit = digit(peek(i), radix);
            if (digit == NONE) {
                return NONE;
            }
            number = number * radix + digit;
        }
        return (int) Math.min(number, Integer.MAX_VALUE);
    }

    private static int digit(int symbol, int radix) {
        return symbol < 0x80 ? Character.digit(symbol, radix) : NONE;
    }

    // ---- encodings

    /** What its base64 says, in either alphabet, if groups begin at this place and every fourth one from there. */
    Reading base64(int start) {
        Reading decoded = new Reading(size);
        int bits = 0;
        boolean isWhole = true;
        for (int at = start; at < size; at++) {
            int place = (at - start) % BASE64_GROUP;
            isWhole |= place == 0;
            int sextet = SEXTETS[symbols[at]];
            if (sextet == NONE) {
                isWhole = false;
                decoded.add(GAP, from[at], to[at]);
            } else if (isWhole) {
                bits = (bits << 6) | sextet;
                if (place > 0) {
                    decoded.add((bits >> (6 - 2 * place)) & 0xFF, from[at - 1], to[at]);
                }
            }
        }
        return decoded;
    }

    private static int[] sextets() {
        int[] sextets = new int[256];
        Arrays.fill(sextets, NONE);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int value = 0; value < alphabet.length(); value++) {
            sextets[alphabet.charAt(value)] = value;
        }
        sextets['-'] = sextets['+'];
        sextets['_'] = sextets['/'];
        return sextets;
    }

    /** What its hex says, if pairs begin at this place and every second one from there. */
    Reading hex(int start) {
        Reading decoded = new Reading(size);
        for (int at = start; at + 1 < size; at += HEX_GROUP) {
            int value = number(at, at + HEX_GROUP, 16);
            decoded.add(value == NONE ? GAP : value, from[at], to[at + 1]);
        }
        return decoded;
    }
}
