package io.github.webhooks4j.jdbc;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys in memory. Shows their ids only. */
final class KeyRing implements SecretKeys {
    /** Encrypts nothing. */
    static final SecretKeys PLAINTEXT = new KeyRing("", Map.of());

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int KEY_BYTES = 32;

    private final String currentId;
    private final Map<String, SecretKey> keys;

    private KeyRing(String currentId, Map<String, SecretKey> keys) {
        this.currentId = currentId;
        this.keys = keys;
    }

    static SecretKeys of(String id, byte[] key) {
        return new KeyRing(id, Map.of(id, checked(id, key)));
    }

    static SecretKeys of(SecretKeys others, String id, byte[] key) {
        if (others == PLAINTEXT) {
            throw new IllegalArgumentException("plaintext() has no keys to add one to; begin with SecretKeys.of");
        }
        if (others.key(id).isPresent()) {
            throw new IllegalArgumentException("two keys have the id " + id);
        }
        SecretKey more = checked(id, key);
        if (others instanceof KeyRing ring) {
            Map<String, SecretKey> keys = new TreeMap<>(ring.keys);
            keys.put(id, more);
            return new KeyRing(ring.currentId, keys);
        }
        return new SecretKeys() {
            @Override
            public String currentId() {
                return others.currentId();
            }

            @Override
            public Optional<SecretKey> key(String wanted) {
                return wanted.equals(id) ? Optional.of(more) : others.key(wanted);
            }
        };
    }

    private static SecretKey checked(String id, byte[] key) {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "the id of a key must be 1 to 64 letters, digits, '.', '_' or '-', but is \"" + id + '"');
        }
        SecretKey checked = new SecretKeySpec(key, "AES");
        problem(id, checked).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        return checked;
    }

    /** What is wrong with a key; empty if nothing is, or if it does not show its bytes, as one in a hardware module. */
    static Optional<String> problem(String id, SecretKey key) {
        byte[] bytes = key.getEncoded();
        return bytes == null || bytes.length == KEY_BYTES
                ? Optional.empty()
                : Optional.of("key " + id + " has " + bytes.length + " bytes; it must have 32, from a random source");
    }

    static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    @Override
    public String currentId() {
        return currentId;
    }

    @Override
    public Optional<SecretKey> key(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    @Override
    public String toString() {
        return this == PLAINTEXT
                ? "plaintext"
                : "SecretKeys[current=" + currentId + ", ids=" + new TreeSet<>(keys.keySet()) + "]";
    }
}
