package io.github.webhooks4j.signing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A ready-made signer taken apart, so that a store can keep it: settings in the open, secrets apart from them. For the client;
 * what it holds is not for those who may only see a webhook.
 *
 * @param kind which signer: {@code standard-webhooks}, {@code hmac-sha256}, {@code hmac-sha512}, {@code bearer}, {@code
 *     basic}, {@code oauth2}, {@code custom} or {@code shared}
 * @param settings what is not secret, by name
 * @param secrets what is, by name
 */
public record StoredSigner(String kind, Map<String, String> settings, Map<String, Secret> secrets) {
    private static final String UPDATE = "; it was stored by a newer version of webhooks4j: update this application";

    /** Copies both maps. */
    public StoredSigner {
        Objects.requireNonNull(kind, "kind");
        settings = Map.copyOf(settings);
        secrets = Map.copyOf(secrets);
    }

    /** The parts of a signer made by one of {@link Signer}'s factories; empty for any other, such as a lambda. */
    public static Optional<StoredSigner> of(Signer signer) {
        return signer instanceof ReadyMadeSigner readyMade ? Optional.of(readyMade.stored()) : Optional.empty();
    }

    /** What is wrong with a signer, without any secret in the words; empty if nothing is, or if it is not ready-made. */
    public static List<String> problems(Signer signer) {
        return signer instanceof ReadyMadeSigner readyMade ? readyMade.problems() : List.of();
    }

    /** The names of the headers that the signer will set, as far as they are known before it signs. */
    public static Set<String> headerNames(Signer signer) {
        return signer instanceof ReadyMadeSigner readyMade ? readyMade.headerNames() : Set.of();
    }

    /**
     * Whether the signer sends signatures and nothing else, so that what it sends does not help anybody who reads it to send
     * the same of something else. False for signers of the application's own, and for names of others.
     */
    public static boolean onlySigns(Signer signer) {
        return signer instanceof ReadyMadeSigner readyMade && readyMade.onlySigns();
    }

    /** The name of a {@link Signer#custom} signer; empty for any other. */
    public static Optional<String> customName(Signer signer) {
        return name(NamedSigner.CUSTOM, signer);
    }

    /** The name of a {@link Signer#shared} signer; empty for any other. */
    public static Optional<String> sharedName(Signer signer) {
        return name(NamedSigner.SHARED, signer);
    }

    /** Where a {@link Signer#oauth2} signer fetches its tokens, to be checked as the URL of a webhook is; empty for others. */
    public static Optional<String> tokenUrl(Signer signer) {
        return signer instanceof ClientCredentials credentials ? Optional.of(credentials.tokenUrl()) : Optional.empty();
    }

    private static Optional<String> name(String kind, Signer signer) {
        return signer instanceof NamedSigner named && named.kind().equals(kind)
                ? Optional.of(named.name())
                : Optional.empty();
    }

    /**
     * A new secret of the kind that the signer signs with; empty if it has none that the sender may choose, as with Bearer
     * and Basic, where the receiver does.
     */
    public static Optional<Secret> freshSecret(Signer signer) {
        return signer instanceof RotatingSigner rotating ? Optional.of(rotating.fresh()) : Optional.empty();
    }

    /** Whether the signer can sign with an old secret and a new one at once, so that it can be rotated with grace. */
    public static boolean overlaps(Signer signer) {
        return signer instanceof RotatingSigner rotating && rotating.overlaps();
    }

    /**
     * What is to be stored when this signer is set and another is stored. That is the signer itself, unless both differ by their
     * secrets only and it has one that the stored signer has, or had before it was rotated: then it is the stored one. Whoever
     * sets it does not know of the rotation, and is not to undo it.
     */
    public static Signer over(Signer signer, Signer stored) {
        return signer instanceof RotatingSigner rotating ? rotating.over(stored) : signer;
    }

    /**
     * The signer with another secret. The one before goes on signing beside it until {@code now} plus {@code grace}; those
     * from before that keep the end that they have. Up to 10 are kept, also those that have ended and sign nothing.
     *
     * @param next the new secret; must not be one that is kept
     * @param grace zero to 7 days; zero ends all old secrets at once, as when one became known to others
     * @throws IllegalArgumentException if the signer has no secret that the sender may choose, has no room for two, keeps
     *     10 old ones that have not ended, or cannot use the new one
     */
    public static Signer rotated(Signer signer, Secret next, Instant now, Duration grace) {
        if (!(signer instanceof RotatingSigner rotating)) {
            throw new IllegalArgumentException(
                    "only Standard Webhooks and HMAC secrets are rotated; set another signer on the webhook instead");
        }
        RotatingSigner rotated = rotating.rotated(next, now, grace);
        List<String> problems = rotated.problems();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.get(0));
        }
        return rotated;
    }

    /**
     * The signer again.
     *
     * @throws IllegalArgumentException if the kind is unknown, a part is missing, or there is one that this version does not
     *     know: a signature made without it would be wrong
     */
    public Signer restore() {
        ReadyMadeSigner signer = restored();
        if (!signer.stored().equals(this)) {
            throw new IllegalArgumentException("the stored signer " + kind + " has parts that are unknown" + UPDATE);
        }
        return signer;
    }

    private ReadyMadeSigner restored() {
        return switch (kind) {
            case StandardWebhooksSigner.KIND -> new StandardWebhooksSigner(Keys.restore(this));
            case HmacHeaderSigner.KIND_256 -> HmacHeaderSigner.restore(Hmac.SHA_256, this);
            case HmacHeaderSigner.KIND_512 -> HmacHeaderSigner.restore(Hmac.SHA_512, this);
            case BearerSigner.KIND -> new BearerSigner(secret("token"));
            case BasicSigner.KIND -> new BasicSigner(setting("user"), secret("password"));
            case ClientCredentials.KIND -> ClientCredentials.restore(this);
            case NamedSigner.CUSTOM, NamedSigner.SHARED -> new NamedSigner(kind, setting("name"));
            default -> throw new IllegalArgumentException("signer kind " + kind + " is unknown" + UPDATE);
        };
    }

    String setting(String name) {
        return part(settings, name);
    }

    Secret secret(String name) {
        return part(secrets, name);
    }

    private <T> T part(Map<String, T> parts, String name) {
        T part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("the stored signer " + kind + " lacks its " + name);
        }
        return part;
    }
}
