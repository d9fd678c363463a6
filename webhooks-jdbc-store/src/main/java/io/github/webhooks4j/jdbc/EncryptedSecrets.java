package io.github.webhooks4j.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.StoreException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the secrets of a document for its row, and decrypts them: AES-256-GCM with a random nonce of 12 bytes for each. The
 * associated data names where it belongs, so that a text that is moved to another row, kind or tenant cannot be read there.
 *
 * <p>A stored text is {@code aes256gcm:<key id>:<base64 of nonce, ciphertext and tag>}, or {@code plain:<text>}.
 */
final class EncryptedSecrets {
    private static final String ENCRYPTED = "aes256gcm:";
    private static final String PLAIN = "plain:";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final @Nullable SecretKeys keys;
    private final SecureRandom random = new SecureRandom();
    /** What was logged: once is enough. */
    private final Set<String> complained = ConcurrentHashMap.newKeySet();

    /**
     * For these keys.
     *
     * @param keys null if the application has not said what to do with secrets: they are refused then
     */
    EncryptedSecrets(@Nullable SecretKeys keys) {
        this.keys = keys;
    }

    /**
     * To whom secrets belong.
     *
     * @param kind the name of the document's kind
     */
    record Owner(String kind, Optional<String> tenant, String id) {
        static Owner of(DocumentKind kind, Optional<String> tenant, String id) {
            return new Owner(kind.name(), tenant, id);
        }

        private byte[] context(String name, String keyId) {
            return String.join("\0", "webhooks4j", kind, tenant.orElse(""), id, name, keyId)
                    .getBytes(UTF_8);
        }

        /** For people: a signer, whose id begins with its tenant, is named as its tenant knows it. */
        @Override
        public String toString() {
            String prefix = tenant.orElse("") + '/';
            return kind.equals(DocumentKind.SIGNER.name()) && id.startsWith(prefix)
                    ? "signer " + id.substring(prefix.length())
                            + tenant.map(each -> " of tenant " + each).orElse("")
                    : kind.toLowerCase(Locale.ROOT) + " " + id;
        }
    }

    /**
     * The text that is stored.
     *
     * @throws StoreException if there are secrets, and nothing says how to keep them
     */
    String write(Owner owner, Map<String, String> texts) {
        Map<String, String> encrypted = new HashMap<>();
        if (!texts.isEmpty()) {
            SecretKeys encrypting = keys();
            texts.forEach((name, text) -> encrypted.put(
                    name, encrypting == KeyRing.PLAINTEXT ? PLAIN + text : encrypt(encrypting, owner, name, text)));
        }
        return TextMap.write(encrypted);
    }

    private SecretKeys keys() {
        if (keys == null) {
            throw new StoreException("the store has no key to encrypt the secrets of webhooks; build it with"
                    + " JdbcDeliveryStore.builder(dataSource).secretKeys(SecretKeys.of(id, key)), or in development with"
                    + " SecretKeys.plaintext()");
        }
        return keys;
    }

    /** The secrets that can be read; what keeps the others from it is logged, and must not keep other webhooks from being read. */
    Map<String, String> read(Owner owner, String stored) {
        Map<String, String> texts = new HashMap<>();
        for (Map.Entry<String, String> each : parsed(owner, stored).entrySet()) {
            Opened opened = open(owner, each.getKey(), each.getValue());
            if (opened.text != null) {
                texts.put(each.getKey(), opened.text);
            } else if (complained.add(owner + " " + opened.trouble)) {
                StoreLog.LOG.error("this node cannot read a secret of {}: {}", owner, opened.trouble);
            }
        }
        return texts;
    }

    /**
     * The text that is to be stored instead, so that all is encrypted with the current key; empty if it is, or if something
     * cannot be read, which is added to the troubles.
     */
    Optional<String> anew(Owner owner, String stored, List<String> troubles) {
        Map<String, String> texts = new HashMap<>();
        boolean outdated = false;
        for (Map.Entry<String, String> each : parsed(owner, stored).entrySet()) {
            Opened opened = open(owner, each.getKey(), each.getValue());
            if (opened.text == null) {
                troubles.add(owner + " (" + opened.trouble + ")");
                return Optional.empty();
            }
            texts.put(each.getKey(), opened.text);
            outdated |= !opened.keyId.equals(keys().currentId());
        }
        return outdated ? Optional.of(write(owner, texts)) : Optional.empty();
    }

    private static Map<String, String> parsed(Owner owner, String stored) {
        try {
            return TextMap.read(stored);
        } catch (RuntimeException e) {
            StoreLog.LOG.error("this node cannot read the secrets of {}: somebody changed its row from outside", owner);
            return Map.of();
        }
    }

    private String encrypt(SecretKeys encrypting, Owner owner, String name, String text) {
        String id = encrypting.currentId();
        SecretKey key = encrypting
                .key(id)
                .filter(found -> KeyRing.isId(id))
                .orElseThrow(() ->
                        new StoreException("the current key of the store's SecretKeys is missing, or its id is none"));
        KeyRing.problem(id, key).ifPresent(problem -> {
            throw new StoreException(problem);
        });
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, key, nonce, owner.context(name, id))
                    .doFinal(text.getBytes(UTF_8));
            byte[] all = ByteBuffer.allocate(nonce.length + ciphertext.length)
                    .put(nonce)
                    .put(ciphertext)
                    .array();
            return ENCRYPTED + id + ':' + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new StoreException(
                    "a secret could not be encrypted with key " + id + "; is it an AES key of 32 bytes?", false, e);
        }
    }

    /**
     * One secret.
     *
     * @param keyId what it is encrypted with; empty if it is not
     * @param text null if it cannot be read
     * @param trouble why it cannot be read
     */
    private record Opened(String keyId, @Nullable String text, String trouble) {}

    private Opened open(Owner owner, String name, String stored) {
        if (stored.startsWith(PLAIN)) {
            return new Opened("", stored.substring(PLAIN.length()), "");
        }
        String[] parts = stored.split(":", 3);
        if (parts.length < 3 || !ENCRYPTED.equals(parts[0] + ':')) {
            return new Opened("", null, "it is in a form that this version does not know");
        }
        Optional<SecretKey> key;
        try {
            key = keys == null ? Optional.empty() : keys.key(parts[1]);
        } catch (RuntimeException e) {
            return new Opened(
                    parts[1],
                    null,
                    "the store's SecretKeys threw " + e.getClass().getName() + " for the key " + parts[1]);
        }
        if (key.isEmpty()) {
            return new Opened(parts[1], null, "this node does not have the key " + parts[1]);
        }
        Optional<String> problem = KeyRing.problem(parts[1], key.get());
        if (problem.isPresent()) {
            return new Opened(parts[1], null, problem.get());
        }
        try {
            byte[] all = Base64.getDecoder().decode(parts[2]);
            byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
            byte[] ciphertext = Arrays.copyOfRange(all, NONCE_BYTES, Math.max(NONCE_BYTES, all.length));
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key.get(), nonce, owner.context(name, parts[1]));
            return new Opened(parts[1], new String(cipher.doFinal(ciphertext), UTF_8), "");
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return new Opened(
                    parts[1],
                    null,
                    "it was encrypted for another row or tenant, or with another key of the id " + parts[1]
                            + ", or it was changed");
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }
}
