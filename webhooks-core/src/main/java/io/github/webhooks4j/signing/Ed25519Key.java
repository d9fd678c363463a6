package io.github.webhooks4j.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads the keys of the asymmetric Standard Webhooks scheme. The specification leaves the encoding open, so that all that
 * are in use are taken: {@code whsk_} and base64 of a seed of 32 bytes, of the seed and the public key, or of PKCS#8;
 * {@code whpk_} and base64 of the 32 bytes of the public key, or of a SubjectPublicKeyInfo.
 */
final class Ed25519Key {
    static final String PRIVATE = "whsk_";
    static final String PUBLIC = "whpk_";

    private static final String ALGORITHM = "Ed25519";
    private static final int SIZE = 32;
    /** What a SubjectPublicKeyInfo of Ed25519 begins with (RFC 8410, section 4). */
    private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519Key() {}

    /** A new private key in the form that most libraries read: the seed and the public key. */
    static String random(SecureRandom random) {
        byte[] seed = new byte[SIZE];
        random.nextBytes(seed);
        byte[] both = Arrays.copyOf(seed, 2 * SIZE);
        System.arraycopy(publicOf(seed), 0, both, SIZE, SIZE);
        return PRIVATE + StrictBase64.encode(both);
    }

    /** What is wrong with a private key, in words that do not contain it; empty if nothing is. */
    static Optional<String> problem(Secret secret) {
        try {
            seed(secret);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The public key of a private key, as {@code whpk_} and base64 of 32 bytes. */
    static String publicKey(Secret secret) {
        return PUBLIC + StrictBase64.encode(publicOf(seed(secret)));
    }

    static byte[] sign(Secret secret, byte[] prefix, byte[] body) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(privateKey(seed(secret)));
            signature.update(prefix);
            signature.update(body);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 failed", e);
        }
    }

    static boolean verify(PublicKey key, byte[] prefix, byte[] body, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(prefix);
            signature.update(body);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // not of 64 bytes, or not a point of the curve
        }
    }

    /**
     * The public key in a secret.
     *
     * @throws IllegalArgumentException if it is none
     */
    static PublicKey verificationKey(Secret secret) {
        byte[] bytes = decoded(secret, PUBLIC);
        byte[] encoded = bytes;
        if (bytes.length == SIZE) {
            encoded = Arrays.copyOf(SPKI, SPKI.length + SIZE);
            System.arraycopy(bytes, 0, encoded, SPKI.length, SIZE);
        }
        if (encoded.length != SPKI.length + SIZE || !Arrays.equals(SPKI, Arrays.copyOf(encoded, SPKI.length))) {
            throw new IllegalArgumentException(
                    "must be " + PUBLIC + " followed by base64 of an Ed25519 public key: 32 bytes, or SPKI");
        }
        try {
            PublicKey key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
            Signature.getInstance(ALGORITHM).initVerify(key); // refuses what is no point of the curve
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("is not a point of the curve Ed25519");
        }
    }

    private static byte[] seed(Secret secret) {
        byte[] bytes = decoded(secret, PRIVATE);
        if (bytes.length == SIZE) {
            return bytes;
        }
        if (bytes.length == 2 * SIZE) {
            byte[] seed = Arrays.copyOf(bytes, SIZE);
            if (!Arrays.equals(publicOf(seed), Arrays.copyOfRange(bytes, SIZE, 2 * SIZE))) {
                throw new IllegalArgumentException("holds a public key that is not that of its private key");
            }
            return seed;
        }
        try {
            PrivateKey key = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            return ((EdECPrivateKey) key).getBytes().orElseThrow();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("must be " + PRIVATE
                    + " followed by base64 of an Ed25519 private key: 32 bytes, 64 with the public key, or PKCS#8");
        }
    }

    private static byte[] decoded(Secret secret, String prefix) {
        String text = secret.reveal();
        if (!text.startsWith(prefix)) {
            throw new IllegalArgumentException("must start with " + prefix);
        }
        try {
            return StrictBase64.decode(text.substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be " + prefix + " followed by standard base64");
        }
    }

    private static PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM)
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    /** The JDK computes a public key only while it makes a pair; so it makes one whose random bytes are the seed. */
    private static byte[] publicOf(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
            KeyPair pair = generator.generateKeyPair();
            byte[] used = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            if (!Arrays.equals(used, seed)) {
                throw new IllegalStateException("this Java platform makes Ed25519 keys in a way of its own");
            }
            byte[] encoded = pair.getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, encoded.length - SIZE, encoded.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform since 15 has Ed25519", e);
        }
    }

    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Given(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
