package io.github.webhooks4j.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.StoreException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the secrets of a webhook for its row, and decrypts them: AES-256-GCM with a random nonce of 12 bytes for each. The
 * associated data names where it belongs, so that a text that is moved to another webhook or tenant cannot be read there.
 *
 * <p>A stored text is {@code aes256gcm:<key id>:<base64 of nonce, ciphertext and tag>}, or {@code plain:<text>}.
 */
final class SealedSecrets {
    private static final String SEALED = "aes256gcm:";
    private static final String PLAIN = "plain:";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final @Nullable SecretKeys keys;
    private final SecureRandom random = new SecureRandom();

    /**
     * For these keys.
     *
     * @param keys null if the application has not said what to do with secrets: they are refused then
     */
    SealedSecrets(@Nullable SecretKeys keys) {
        this.keys = keys;
    }

    /** To whom secrets belong. */
    record Owner(Optional<String> tenant, String webhookId) {
        private byte[] context(String name, String keyId) {
            return String.join("\0", "webhooks4j", "webhooks", tenant.orElse(""), webhookId, name, keyId)
                    .getBytes(UTF_8);
        }
    }

    /**
     * What can be read of stored secrets.
     *
     * @param texts by their names
     * @param unreadable the names of the others
     * @param lacking the ids of keys that this node does not have
     * @param outdated whether some are not encrypted with the current key
     */
    record Opened(Map<String, String> texts, Set<String> unreadable, Set<String> lacking, boolean outdated) {}

    Map<String, String> seal(Owner owner, Map<String, String> texts) {
        if (texts.isEmpty()) {
            return texts;
        }
        SecretKeys sealing = keys;
        if (sealing == null) {
            throw new StoreException("the store has no key to encrypt the secrets of webhooks with; build it with"
                    + " JdbcDeliveryStore.builder(dataSource).secretKeys(SecretKeys.of(id, key)), or for development with"
                    + " SecretKeys.plaintext()");
        }
        Map<String, String> sealed = new HashMap<>();
        texts.forEach((name, text) -> sealed.put(
                name, sealing == KeyRing.PLAINTEXT ? PLAIN + text : seal(sealing, owner, name, text)));
        return sealed;
    }

    private String seal(SecretKeys sealing, Owner owner, String name, String text) {
        String id = sealing.currentId();
        SecretKey key = sealing.key(id)
                .filter(found -> KeyRing.isId(id))
                .orElseThrow(() -> new StoreException("the current key of the store's SecretKeys is missing, or its id is none"));
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, key, nonce, owner.context(name, id)).doFinal(text.getBytes(UTF_8));
            byte[] all = ByteBuffer.allocate(nonce.length + ciphertext.length)
                    .put(nonce)
                    .put(ciphertext)
                    .array();
            return SEALED + id + ':' + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new StoreException("a secret could not be encrypted with key " + id + "; is it an AES key of 32 bytes?", false, e);
        }
    }

    Opened open(Owner owner, Map<String, String> sealed) {
        Map<String, String> texts = new HashMap<>();
        Set<String> lacking = new HashSet<>();
        boolean outdated = false;
        for (Map.Entry<String, String> each : sealed.entrySet()) {
            String text = each.getValue();
            if (text.startsWith(PLAIN)) {
                texts.put(each.getKey(), text.substring(PLAIN.length()));
                outdated |= keys != null && keys != KeyRing.PLAINTEXT;
            } else if (text.startsWith(SEALED) && text.indexOf(':', SEALED.length()) > 0) {
                String id = text.substring(SEALED.length(), text.indexOf(':', SEALED.length()));
                Optional<SecretKey> key = keys == null ? Optional.empty() : keys.key(id);
                if (key.isEmpty()) {
                    lacking.add(id);
                } else {
                    byte[] context = owner.context(each.getKey(), id);
                    open(key.get(), text.substring(SEALED.length() + id.length() + 1), context)
                            .ifPresent(opened -> texts.put(each.getKey(), opened));
                }
                outdated |= keys != null && !id.equals(keys.currentId());
            }
        }
        Set<String> unreadable = new HashSet<>(sealed.keySet());
        unreadable.removeAll(texts.keySet());
        return new Opened(texts, unreadable, lacking, outdated);
    }

    private static Optional<String> open(SecretKey key, String base64, byte[] context) {
        try {
            byte[] all = Base64.getDecoder().decode(base64);
            byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
            byte[] ciphertext = Arrays.copyOfRange(all, NONCE_BYTES, Math.max(NONCE_BYTES, all.length));
            return Optional.of(
                    new String(cipher(Cipher.DECRYPT_MODE, key, nonce, context).doFinal(ciphertext), UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty(); // belongs elsewhere, or was changed, or the key is another one of the same id
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }
}
