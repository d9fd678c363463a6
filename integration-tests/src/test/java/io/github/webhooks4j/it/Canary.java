package io.github.webhooks4j.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import okhttp3.tls.HeldCertificate;

/** A secret in each place that can hold one, which no text may show in whatever encoding. */
enum Canary {
    STANDARD_WEBHOOKS,
    OLD_STANDARD_WEBHOOKS,
    HMAC,
    BEARER,
    BASIC_PASSWORD,
    CLIENT_SECRET,
    TOKEN_PATH,
    TOKEN_QUERY,
    ACCESS_TOKEN,
    HEADER,
    URL_PATH,
    URL_QUERY,
    REFUSED_HEADER,
    SHARED_SIGNER,
    BODY_SECRET,
    TLS_KEY,
    STORE_KEY,
    TEMPLATE,
    EVENT_HEADER,
    EVENT_DATA;

    /** Those that are not kept as secrets: they may be in tables, and nowhere else. */
    static final Set<Canary> OPEN_AT_REST = Set.of(TEMPLATE, EVENT_HEADER, EVENT_DATA);

    private static final int LENGTH = 24;

    /** With characters that are written in another way in URLs; 24 bytes, as a Standard Webhooks secret may have. */
    String text() {
        return this == TLS_KEY ? partOf(tlsKey()) : made();
    }

    private String made() {
        return ("Kan+ri/" + name().replace('_', '~') + "=Tjilpt~Tjilpt~Tjilpt").substring(0, LENGTH);
    }

    /** A key and its certificate, the same in each process. */
    static HeldCertificate tlsKey() {
        return TlsKey.MADE;
    }

    private static final class TlsKey {
        static final HeldCertificate MADE = madeTlsKey();
    }

    private static HeldCertificate madeTlsKey() {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed(42);
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return new HeldCertificate.Builder()
                    .keyPair(generator.generateKeyPair())
                    .addSubjectAlternativeName("localhost")
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the number that is the key, as PEM shows it. */
    private static String partOf(HeldCertificate key) {
        String secondLine = key.privateKeyPkcs8Pem().lines().skip(2).findFirst().orElseThrow();
        return secondLine.substring(0, LENGTH);
    }

    /** The key of the store. */
    static byte[] storeKey() {
        return (STORE_KEY.text() + "12345678").getBytes(UTF_8);
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
