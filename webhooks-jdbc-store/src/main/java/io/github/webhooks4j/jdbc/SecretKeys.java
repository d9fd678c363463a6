package io.github.webhooks4j.jdbc;

import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * The keys that the secrets of webhooks are encrypted with before they are stored: AES with 256 bits, each with an id that is
 * stored beside what it encrypted. Every node needs every key that is in use.
 *
 * <p>To change the key: give all nodes the new one as an {@linkplain #and older} one, then make it the current one everywhere,
 * then call {@link JdbcDeliveryStore#encryptAnew} once; after that the old one may be left out. Implementations may fetch keys
 * from elsewhere, but must answer quickly; they are called by any thread.
 */
public interface SecretKeys {
    /** The id of the key that is used for what is stored from now on: 1 to 64 letters, digits, {@code .}, {@code _} or {@code -}. */
    String currentId();

    /** The key with this id, 32 bytes of AES; empty if this node does not have it. One of another length is not used. */
    Optional<SecretKey> key(String id);

    /**
     * One key.
     *
     * @param id 1 to 64 letters, digits, {@code .}, {@code _} or {@code -}
     * @param key 32 random bytes
     * @throws IllegalArgumentException if the id or the length of the key is not so
     */
    static SecretKeys of(String id, byte[] key) {
        return KeyRing.of(id, key);
    }

    /**
     * These keys and one more, with which something may still be encrypted, or will be.
     *
     * @param id another id
     * @param key 32 random bytes
     */
    default SecretKeys and(String id, byte[] key) {
        return KeyRing.of(this, id, key);
    }

    /** No encryption: secrets are in the database as they are. For development, and where the database itself is trusted. */
    static SecretKeys plaintext() {
        return KeyRing.PLAINTEXT;
    }
}
