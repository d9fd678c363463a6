package io.github.webhooks4j.signing;

import java.util.Optional;

/**
 * Reads the key of the symmetric Standard Webhooks scheme out of a secret: {@code whsec_} and the standard base64 form of
 * 24 to 64 bytes.
 */
final class StandardWebhooksKey {
    static final String PREFIX = "whsec_";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private StandardWebhooksKey() {}

    /** What is wrong with the secret, in words that do not contain it; empty if nothing is. */
    static Optional<String> problem(Secret secret) {
        String text = secret.reveal();
        if (!text.startsWith(PREFIX)) {
            return Optional.of("must start with " + PREFIX + ": take it as the sender shows it, with its prefix");
        }
        byte[] key;
        try {
            key = decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.of("must be " + PREFIX + " and then standard base64; Secret.random() makes one");
        }
        if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
            return Optional.of(
                    "must hold " + MIN_BYTES + " to " + MAX_BYTES + " bytes, base64-encoded; it holds " + key.length);
        }
        return Optional.empty();
    }

    static byte[] bytes(Secret secret) {
        problem(secret).ifPresent(problem -> {
            throw new IllegalArgumentException("the Standard Webhooks secret " + problem);
        });
        return decode(secret.reveal());
    }

    private static byte[] decode(String text) {
        return StrictBase64.decode(text.substring(PREFIX.length()));
    }
}
