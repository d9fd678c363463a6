package io.github.webhooks4j.signing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A ready-made signer in parts, so that a store can keep it: settings in clear, secrets separate. Only the client needs it: do not
 * show it to people who may only see a webhook.
 *
 * @param kind which signer: {@code standard-webhooks}, {@code hmac-sha256}, {@code hmac-sha512}, {@code bearer}, {@code
 *     basic}, {@code oauth2}, {@code custom} or {@code shared}
 * @param settings the parts that are not secret, by name
 * @param secrets the secret parts, by name
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

    /** Everything that is wrong with a signer, without any secret; empty if nothing is, or if it is not ready-made. */
    public static List<String> problems(Signer signer) {
        return signer instanceof ReadyMadeSigner readyMade ? readyMade.problems() : List.of();
    }

    /** The names of the headers that the signer will set, as far as they are known before it signs. */
    public static Set<String> headerNames(Signer signer) {
        return signer instanceof ReadyMadeSigner readyMade ? readyMade.headerNames() : Set.of();
    }

    /** The name of a {@link Signer#custom} signer; empty for any other. */
    public static Optional<String> customName(Signer signer) {
        return name(NamedSigner.CUSTOM, signer);
    }

    /** The name of a {@link Signer#shared} signer; empty for any other. */
    public static Optional<String> sharedName(Signer signer) {
        return name(NamedSigner.SHARED, signer);
    }

    /** Where a {@link Signer#oauth2} signer fetches its tokens; check it like the URL of a webhook. Empty for other signers. */
    public static Optional<String> tokenUrl(Signer signer) {
        return signer instanceof ClientCredentials credentials ? Optional.of(credentials.tokenUrl()) : Optional.empty();
    }

    private static Optional<String> name(String kind, Signer signer) {
        return signer instanceof NamedSigner named && named.kind().equals(kind)
                ? Optional.of(named.name())
                : Optional.empty();
    }

    /**
     * A new secret of the kind that the signer uses; empty if the sender cannot choose it, as with Bearer and Basic, where the
     * receiver does.
     */
    public static Optional<Secret> freshSecret(Signer signer) {
        return signer instanceof RotatingSigner rotating ? Optional.of(rotating.fresh()) : Optional.empty();
    }

    /** Whether the signer can sign with an old and a new secret at once, so that a rotation can have a grace period. */
    public static boolean overlaps(Signer signer) {
        return signer instanceof RotatingSigner rotating && rotating.overlaps();
    }

    /**
     * The signer to store when this one is set and another is stored. Usually that is this signer. If both differ only by their
     * secrets, and this one has a secret that the stored signer has now or had before a rotation, it is the stored one: the caller
     * does not know about the rotation, and must not undo it.
     */
    public static Signer over(Signer signer, Signer stored) {
        return signer instanceof RotatingSigner rotating ? rotating.over(stored) : signer;
    }

    /**
     * The signer with another secret. The previous secret goes on signing beside it until {@code now} plus {@code grace}; older
     * secrets keep the end that they have. Up to 10 old secrets are kept, ended ones included, which no longer sign.
     *
     * @param next the new secret; must not be one that is kept
     * @param grace zero to 7 days; zero ends all old secrets at once, for example after a leak
     * @throws IllegalArgumentException if the signer has no secret that the sender may choose, has no room for two, keeps 10 old
     *     secrets that have not ended, or cannot use the new one
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
     * The signer, made from its parts.
     *
     * @throws IllegalArgumentException if the kind is unknown, a part is missing, or there is a part that this version does not
     *     know: a signature without it would be wrong
     */
    public Signer restore() {
        ReadyMadeSigner signer = restored();
        if (!signer.stored().equals(this)) {
            throw new IllegalArgumentException(
                    "the stored signer " + kind + " has parts that this version does not know" + UPDATE);
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
