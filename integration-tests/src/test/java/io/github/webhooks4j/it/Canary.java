package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** A secret in each place that can hold one, which no text may show in whatever encoding. */
enum Canary {
    STANDARD_WEBHOOKS,
    OLD_STANDARD_WEBHOOKS,
    HMAC,
    BEARER,
    BASIC_PASSWORD,
    CLIENT_SECRET,
    ACCESS_TOKEN,
    HEADER,
    URL_PATH,
    URL_QUERY,
    REFUSED_HEADER,
    EVENT_DATA;

    private static final int LENGTH = 24;

    /** With characters that are written in another way in URLs; 24 bytes, as a Standard Webhooks secret may have. */
    String text() {
        return ("Kan+ri/" + name().replace('_', '~') + "=Tjilpt~Tjilpt~Tjilpt").substring(0, LENGTH);
    }

    /** As it stands in settings: a secret of Standard Webhooks is Base64. */
    String entered() {
        return this == STANDARD_WEBHOOKS || this == OLD_STANDARD_WEBHOOKS
                ? "whsec_" + Base64.getEncoder().encodeToString(text().getBytes(UTF_8))
                : text();
    }

    /** In which encoding a text shows it; empty if it does not. */
    Set<String> in(String text) {
        Set<String> shown = new LinkedHashSet<>();
        byte[] bytes = text().getBytes(UTF_8);
        find(shown, "raw", text, text());
        find(shown, "URL", text, URLEncoder.encode(text(), UTF_8));
        find(shown, "hex", text.toLowerCase(Locale.ROOT), HexFormat.of().formatHex(bytes));
        for (int before = 0; before < 3; before++) {
            // In the midst of something, the first and the last character depend on what is round it.
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            int from = (before * 8 + 5) / 6;
            int to = shifted.length * 8 / 6;
            find(
                    shown,
                    "base64",
                    text,
                    Base64.getEncoder().encodeToString(shifted).substring(from, to));
            find(
                    shown,
                    "base64url",
                    text,
                    Base64.getUrlEncoder().encodeToString(shifted).substring(from, to));
        }
        return shown;
    }

    private static void find(Set<String> shown, String encoding, String text, String part) {
        if (text.contains(part)) {
            shown.add(encoding);
        }
    }
}
