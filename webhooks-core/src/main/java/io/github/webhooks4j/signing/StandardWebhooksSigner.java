package io.github.webhooks4j.signing;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

record StandardWebhooksSigner(Secret secret) implements ReadyMadeSigner {
    static final String KIND = "standard-webhooks";
    static final String HEADER = "webhook-signature";

    StandardWebhooksSigner {
        Objects.requireNonNull(secret, "secret");
    }

    @Override
    public Map<String, String> headers(Message message) {
        return Map.of(HEADER, "v1," + Base64.getEncoder().encodeToString(signature(secret, message)));
    }

    /** HMAC-SHA256 over {@code id.timestamp.body}, as bytes: the body never becomes a String. */
    static byte[] signature(Secret secret, Message message) {
        String prefix = message.id() + "." + message.timestamp().getEpochSecond() + ".";
        return HmacSha256.of(StandardWebhooksKey.bytes(secret), prefix, message.body());
    }

    @Override
    public StoredSigner stored() {
        return new StoredSigner(KIND, Map.of(), Map.of("secret", secret));
    }

    @Override
    public List<String> problems() {
        return StandardWebhooksKey.problem(secret).stream()
                .map(problem -> "the Standard Webhooks secret " + problem)
                .toList();
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(HEADER);
    }
}
