package io.github.webhooks4j.signing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A ready-made signer taken apart, so that a store can keep it: settings in the open, secrets apart from them.
 *
 * @param kind which signer: {@code standard-webhooks}, {@code hmac-sha256}, {@code bearer}, {@code basic} or {@code custom}
 * @param settings what is not secret, by name
 * @param secrets what is, by name
 */
public record StoredSigner(String kind, Map<String, String> settings, Map<String, Secret> secrets) {
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

    /** The name of a {@link Signer#custom} signer; empty for any other. */
    public static Optional<String> customName(Signer signer) {
        return signer instanceof CustomSigner custom ? Optional.of(custom.name()) : Optional.empty();
    }

    /**
     * The signer again.
     *
     * @throws IllegalArgumentException if the kind is unknown or a part is missing
     */
    public Signer restore() {
        return switch (kind) {
            case StandardWebhooksSigner.KIND -> Signer.standardWebhooks(secret("secret"));
            case HmacHeaderSigner.KIND -> Signer.hmacSha256(setting("header"), secret("secret"));
            case BearerSigner.KIND -> Signer.bearer(secret("token"));
            case BasicSigner.KIND -> Signer.basic(setting("user"), secret("password"));
            case CustomSigner.KIND -> Signer.custom(setting("name"));
            default ->
                throw new IllegalArgumentException("signer kind " + kind
                        + " is unknown; it was stored by a newer version of webhooks4j: update this application");
        };
    }

    private String setting(String name) {
        return part(settings, name);
    }

    private Secret secret(String name) {
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
