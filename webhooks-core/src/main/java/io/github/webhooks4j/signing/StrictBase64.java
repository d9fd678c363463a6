package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;

/**
 * Standard base64 (RFC 4648, section 4) that has exactly one form: padded, with no bits to spare. Java's own decoder takes
 * text without padding, which libraries in other languages refuse.
 */
final class StrictBase64 {
    private StrictBase64() {}

    /**
     * The bytes of the text.
     *
     * @throws IllegalArgumentException if it is not base64; the message does not contain it
     */
    static byte[] decode(String text) {
        byte[] bytes;
        try {
            // Through ASCII: the decoder would take U+0141 for an A.
            bytes = Base64.getDecoder().decode(text.getBytes(US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not standard base64"); // the cause quotes a character
        }
        if (!encode(bytes).equals(text)) {
            throw new IllegalArgumentException("not standard base64 with its padding");
        }
        return bytes;
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
