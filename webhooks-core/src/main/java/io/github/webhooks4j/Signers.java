package io.github.webhooks4j;

import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The signers that are stored once and used by many webhooks of the same tenant, as {@link Signer#shared}. Change one, and all
 * webhooks that use it follow: on this client at once, on others within two seconds, or 30 at most where the database is slow.
 *
 * <p>Anyone who may register webhooks for a tenant may use its signers. They can point a webhook at a server of their own, and so
 * receive a bearer token, or get data of their choice signed. Do not let customers name signers whose secrets they must not have.
 *
 * <p>{@link WebhookClient#signers} makes it. It takes part in the application's transactions and throws exceptions as {@link
 * WebhookClient} does. Safe for use by any thread.
 */
public interface Signers {
    /**
     * Stores a signer under a name, or replaces the stored one. A program can therefore save the same signer at every start.
     *
     * <p>Saving does not undo {@link #rotateSecret}. If the stored signer differs only by its secrets, and has this secret now or
     * had it before a rotation, the stored signer stays, with its new secret. The client remembers the last 10 secrets, and the
     * first one longest.
     *
     * @param name 1 to 64 letters, digits, dots, {@code _} or {@code -}; unique within the tenant
     * @param signer made by one of {@link Signer}'s factories, but not by {@link Signer#shared}
     * @throws InvalidWebhookException with everything that is wrong with it, such as a header that a webhook which uses it
     *     already has; nothing is stored
     * @throws StaleWebhookException if this thread is in one of the application's transactions, under REPEATABLE READ or
     *     SERIALIZABLE, and others saved a signer under this name since it began; nothing is stored: repeat the transaction
     */
    void save(String name, Signer signer);

    /**
     * Gives a signer a new secret of the same kind, as {@link WebhookClient#rotateSecret} does. The old secret goes on signing
     * beside it for a while, for all webhooks that use the signer. Up to 10 old secrets are kept.
     *
     * <p>If several rotations happen at the same moment, each makes a secret that signs.
     *
     * @param grace how long the old secret goes on signing, zero to 7 days, usually {@link WebhookClient#ROTATION_GRACE}. Zero
     *     ends all old secrets at once: use it if a secret has leaked. A header with room for only one signature needs zero
     * @return the new secret, to be shown to the receivers
     * @throws IllegalArgumentException if no signer has this name, it has no secret that the sender may choose, or it cannot be
     *     rotated like this
     * @throws StaleWebhookException if others keep changing it at the same moment; nothing was stored
     * @throws InvalidWebhookException if this node cannot read its secrets, or may no longer store it
     */
    Secret rotateSecret(String name, Duration grace);

    /**
     * Removes a signer that no webhook uses.
     *
     * @return whether it existed
     * @throws IllegalStateException if webhooks use it; the message names some of them
     */
    boolean remove(String name);

    /** The signer with this name; empty if there is none. */
    Optional<Stored> find(String name);

    /** All signers of the tenant, in the order of their names. */
    List<Stored> list();

    /**
     * A stored signer. Its secrets are never shown.
     *
     * @param name the name by which webhooks refer to it
     * @param kind which signer it is, such as {@code hmac-sha256}
     * @param readable whether this node can read it; if not, the node lacks the key of its secrets, or a newer version stored it
     */
    record Stored(String name, String kind, boolean readable) {}
}
