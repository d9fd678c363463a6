package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.List;
import java.util.function.Function;

/** The keys of one scheme that a receiver trusts. */
sealed interface VerificationKeys {
    /** As many as a sender signs with at a time. */
    int MAX_KEYS = 1 + Keys.MAX_OLD;

    /** What the signatures that count begin with. */
    String scheme();

    /** Whether any of the base64 texts signs the message under any key; all are tried, whatever came before. */
    boolean anyMatches(Message message, List<String> signatures);

    static VerificationKeys of(Secret... keys) {
        if (keys.length == 0 || keys.length > MAX_KEYS) {
            throw new IllegalArgumentException(
                    keys.length == 0
                            ? "secrets is empty; pass the secret that the sender signs with"
                            : "secrets has " + keys.length + " entries; at most " + MAX_KEYS + " are tried");
        }
        List<Secret> list = List.of(keys);
        long publicKeys = list.stream().filter(VerificationKeys::isPublic).count();
        if (publicKeys == 0) {
            return new Symmetric(list.stream()
                    .map(key -> usable(key, StandardWebhooksKey::bytes))
                    .toList());
        }
        if (publicKeys < list.size()) {
            throw new IllegalArgumentException(
                    "secrets has public keys and others; a verifier takes one kind, so that it does"
                            + " not accept a weaker signature: make a second verifier for the others");
        }
        return new Asymmetric(list.stream()
                .map(key -> usable(key, Ed25519Key::verificationKey))
                .toList());
    }

    private static boolean isPublic(Secret key) {
        return key.reveal().startsWith(Ed25519Key.PUBLIC);
    }

    private static <T> T usable(Secret key, Function<Secret, T> reader) {
        if (key.reveal().startsWith(Ed25519Key.PRIVATE)) {
            throw new IllegalArgumentException(
                    "a private key does not belong to a receiver; verify with its public key, " + Ed25519Key.PUBLIC
                            + "…");
        }
        try {
            return reader.apply(key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    isPublic(key) ? "the public key " + e.getMessage() : String.valueOf(e.getMessage()));
        }
    }

    /** Secrets of v1. */
    record Symmetric(List<byte[]> keys) implements VerificationKeys {
        @Override
        public String scheme() {
            return StandardWebhooksSigner.SYMMETRIC;
        }

        @Override
        public boolean anyMatches(Message message, List<String> signatures) {
            byte[] prefix = StandardWebhooksSigner.prefix(message);
            boolean matches = false;
            for (byte[] key : keys) {
                // As text: there is one base64 form of a signature, and no other is taken.
                byte[] expected = StrictBase64.encode(Hmac.SHA_256.of(key, prefix, message.body()))
                        .getBytes(UTF_8);
                for (String signature : signatures) {
                    matches |= MessageDigest.isEqual(expected, signature.getBytes(UTF_8));
                }
            }
            return matches;
        }

        @Override
        public String toString() {
            return "Symmetric[***]";
        }
    }

    /** Public keys of v1a. */
    record Asymmetric(List<PublicKey> keys) implements VerificationKeys {
        @Override
        public String scheme() {
            return StandardWebhooksSigner.ASYMMETRIC;
        }

        @Override
        public boolean anyMatches(Message message, List<String> signatures) {
            byte[] prefix = StandardWebhooksSigner.prefix(message);
            boolean matches = false;
            for (String signature : signatures) {
                byte[] given = decoded(signature);
                for (PublicKey key : keys) {
                    matches |= Ed25519Key.verify(key, prefix, message.body(), given);
                }
            }
            return matches;
        }

        private static byte[] decoded(String signature) {
            try {
                return StrictBase64.decode(signature);
            } catch (IllegalArgumentException e) {
                return new byte[0]; // matches nothing
            }
        }
    }
}
