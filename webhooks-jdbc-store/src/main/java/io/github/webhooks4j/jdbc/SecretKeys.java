package io.github.webhooks4j.jdbc;

import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * The keys that encrypt the secrets of webhooks before they are stored: AES with 256 bits. Each key has an id, which is stored
 * beside what the key encrypted. Every node needs every key that is in use.
 *
 * <p>To change the key, first give all nodes the new key as an {@linkplain #and additional} one. Then make it the current key
 * everywhere. Then call {@link JdbcDeliveryStore#encryptAnew} once. After that, leave out the old key. Implementations may fetch
 * keys from elsewhere, but must answer quickly. Any thread may call them.
 */
public interface SecretKeys {
    /** The id of the key that encrypts what is stored from now on: 1 to 64 letters, digits, {@code .}, {@code _} or {@code -}. */
    String currentId();

    /** The AES key with this id, 32 bytes; empty if this node does not have it. A key of another length is not used. */
    Optional<SecretKey> key(String id);

    /**
     * One key.
     *
     * @param id 1 to 64 letters, digits, {@code .}, {@code _} or {@code -}
     * @param key 32 random bytes
     * @throws IllegalArgumentException if the id or the length of the key is wrong
     */
    static SecretKeys of(String id, byte[] key) {
        return KeyRing.of(id, key);
    }

    /**
     * These keys and one more, which has encrypted something before, or will.
     *
     * @param id another id
     * @param key 32 random bytes
     */
    default SecretKeys and(String id, byte[] key) {
        return KeyRing.of(this, id, key);
    }

    /** No encryption: secrets are in the database in clear. For development, and where you trust the database itself. */
    static SecretKeys plaintext() {
        return KeyRing.PLAINTEXT;
    }
}
