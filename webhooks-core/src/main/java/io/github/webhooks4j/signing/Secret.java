package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Objects;

/**
 * Key material: the text exactly as it was entered. The signer that uses it interprets it.
 *
 * <p>A secret is never printed: {@link #toString} shows no part of it, and it has no property that a JSON mapper would find.
 * Comparing two secrets takes constant time. Immutable and safe for use by any thread.
 */
public final class Secret {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_BYTES = 32;

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /**
     * The secret with this text. Trims, decodes and checks nothing: registering the webhook reports a secret that its signer cannot
     * use.
     */
    public static Secret of(String text) {
        return new Secret(Objects.requireNonNull(text, "text"));
    }

    /**
     * A new Standard Webhooks secret: {@code whsec_} and the base64 form of 32 bytes from a {@link SecureRandom}. Make it once for
     * each receiver, show it to the receiver with {@link #reveal}, and use {@link #of} with the same text afterwards.
     */
    public static Secret random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return new Secret(StandardWebhooksKey.PREFIX + StrictBase64.encode(bytes));
    }

    /**
     * A new private key for the asymmetric scheme of Standard Webhooks, Ed25519: {@code whsk_} and the base64 form of the private
     * and the public key, 64 bytes. The sender keeps it; receivers get its {@link #publicKey}.
     */
    public static Secret randomEd25519() {
        return new Secret(Ed25519Key.random(RANDOM));
    }

    /**
     * The public key that belongs to this private key, for receivers to verify with: {@code whpk_} and the base64 form of
     * 32 bytes.
     *
     * @throws IllegalArgumentException if this is not a {@code whsk_} private key
     */
    public String publicKey() {
        try {
            return Ed25519Key.publicKey(this);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "only an Ed25519 private key has a public key, and this secret is not one: it " + e.getMessage());
        }
    }

    /** The text itself, for the receiver or for a store. Never log it. */
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(text.getBytes(UTF_8), that.text.getBytes(UTF_8));
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode(); // a hash of the text would be a fingerprint of it
    }

    @Override
    public String toString() {
        return "Secret[***]";
    }
}
