package io.github.webhooks4j;

import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The signers that are stored once and used by many webhooks of the same tenant, as {@link Signer#shared}. Change one, and all
 * that use it follow: on this client at once, on others within two seconds.
 *
 * <p>Whoever may register webhooks for a tenant may use its signers: he can point a webhook at a server of his own and so receive
 * a bearer token, or have what he likes signed. Do not let customers name signers that hold what they must not have.
 *
 * <p>Made by {@link WebhookClient#signers}. Takes part in transactions of the application's and throws exceptions as {@link
 * WebhookClient} does. Safe for use by any thread.
 */
public interface Signers {
    /**
     * Stores a signer under a name, or replaces the one that is stored; so a program can save the same signer at every start.
     *
     * <p>That does not undo {@link #rotateSecret}: if the stored signer differs by its secrets only, and has this one now or had
     * it before it was rotated, it stays as it is, with the new secret. The last 10 are remembered, and the first one longest.
     *
     * @param name 1 to 64 letters, digits, dots, {@code _} or {@code -}; unique within the tenant
     * @param signer one that can be stored: of {@link Signer}'s factories, and not {@link Signer#shared}
     * @throws InvalidWebhookException with everything that is wrong with it, such as a header that a webhook which uses it has
     *     already; nothing is stored
     * @throws StaleWebhookException if this thread is in a transaction of the application's, under REPEATABLE READ or
     *     SERIALIZABLE, and others saved a signer under this name since it began; nothing is stored, and the transaction is to be
     *     repeated
     */
    void save(String name, Signer signer);

    /**
     * Gives a signer a new secret, of the kind it has, as {@link WebhookClient#rotateSecret} does: the one before goes on signing
     * beside it for a while, for all webhooks that use it. Up to 10 old ones are kept.
     *
     * <p>Of several rotations at the same moment each makes a secret that signs.
     *
     * @param grace how long the secret before signs, zero to 7 days, as a rule {@link WebhookClient#ROTATION_GRACE}; zero if it
     *     became known to others, which ends all old ones at once. A header that has room for one signature only needs zero
     * @return the new secret, to be shown to the receivers
     * @throws IllegalArgumentException if nothing is stored under this name, it has no secret that the sender may choose, or it
     *     cannot be rotated so
     * @throws StaleWebhookException if others go on changing it at the same moment; nothing was stored
     * @throws InvalidWebhookException if this node cannot read its secrets, or may not store it any more
     */
    Secret rotateSecret(String name, Duration grace);

    /**
     * Removes a signer that no webhook uses.
     *
     * @return whether it was there
     * @throws IllegalStateException if webhooks use it, with the ids of some of them
     */
    boolean remove(String name);

    /** What is stored under this name; empty if nothing is. */
    Optional<Stored> find(String name);

    /** All that are stored for the tenant, in the order of their names. */
    List<Stored> list();

    /**
     * A signer that is stored. Its secrets are never shown.
     *
     * @param name what webhooks refer to it by
     * @param kind which signer it is, such as {@code hmac-sha256}
     * @param readable whether this node can read it; if not, it lacks the key of its secrets, or was stored by a newer version
     */
    record Stored(String name, String kind, boolean readable) {}
}
