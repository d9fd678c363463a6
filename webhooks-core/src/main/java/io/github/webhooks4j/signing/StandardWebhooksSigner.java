package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

record StandardWebhooksSigner(Keys keys) implements RotatingSigner {
    static final String KIND = "standard-webhooks";
    static final String HEADER = "webhook-signature";
    static final String SYMMETRIC = "v1,";
    static final String ASYMMETRIC = "v1a,";

    StandardWebhooksSigner {
        Objects.requireNonNull(keys, "keys");
    }

    @Override
    public Map<String, String> headers(Message message) {
        return Map.of(
                HEADER,
                keys.at(message.timestamp()).stream()
                        .map(secret -> signature(secret, message))
                        .collect(Collectors.joining(" ")));
    }

    /** The signature over {@code id.timestamp.body} as bytes: the body never becomes a String. */
    private static String signature(Secret secret, Message message) {
        byte[] prefix = prefix(message);
        return isAsymmetric(secret)
                ? ASYMMETRIC + StrictBase64.encode(Ed25519Key.sign(secret, prefix, message.body()))
                : SYMMETRIC
                        + StrictBase64.encode(
                                Hmac.SHA_256.of(StandardWebhooksKey.bytes(secret), prefix, message.body()));
    }

    static byte[] prefix(Message message) {
        return (message.id() + "." + message.timestamp().getEpochSecond() + ".").getBytes(UTF_8);
    }

    private static boolean isAsymmetric(Secret secret) {
        return secret.reveal().startsWith(Ed25519Key.PRIVATE);
    }

    @Override
    public StandardWebhooksSigner with(Keys others) {
        return new StandardWebhooksSigner(others);
    }

    @Override
    public StandardWebhooksSigner rotated(Secret next, Instant now, Duration grace) {
        return with(keys.rotated(next, now, grace));
    }

    @Override
    public Secret fresh() {
        return isAsymmetric(keys.current()) ? Secret.randomEd25519() : Secret.random();
    }

    @Override
    public boolean overlaps() {
        return true;
    }

    @Override
    public StoredSigner stored() {
        Map<String, String> settings = new HashMap<>();
        Map<String, Secret> secrets = new HashMap<>();
        keys.store(settings, secrets);
        return new StoredSigner(KIND, settings, secrets);
    }

    @Override
    public List<String> problems() {
        return keys.all().stream()
                .flatMap(secret -> problem(secret).stream())
                .map(problem -> "the Standard Webhooks secret " + problem)
                .distinct()
                .toList();
    }

    private static Optional<String> problem(Secret secret) {
        if (isAsymmetric(secret)) {
            return Ed25519Key.problem(secret);
        }
        if (secret.reveal().startsWith(Ed25519Key.PUBLIC)) {
            return Optional.of(
                    "is a public key, which receivers hold; sign with the private key, " + Ed25519Key.PRIVATE + "…");
        }
        return secret.reveal().startsWith(StandardWebhooksKey.PREFIX)
                ? StandardWebhooksKey.problem(secret)
                : Optional.of("must start with " + StandardWebhooksKey.PREFIX + " or, for Ed25519, with "
                        + Ed25519Key.PRIVATE
                        + "; make one with Secret.random(), or use Signer.hmacSha256(secret), which"
                        + " takes any text of 8 characters or more");
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(HEADER);
    }
}
