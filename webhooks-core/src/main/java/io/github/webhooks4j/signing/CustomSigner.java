package io.github.webhooks4j.signing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A name that stands for a signer of the application's own; the client puts that signer in its place. */
record CustomSigner(String name) implements ReadyMadeSigner {
    static final String KIND = "custom";

    CustomSigner {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public Map<String, String> headers(Message message) {
        throw new IllegalStateException("no signer is registered under the name " + name
                + "; register it with WebhookClient.builder().signer(\"" + name + "\", …)");
    }

    @Override
    public StoredSigner stored() {
        return new StoredSigner(KIND, Map.of("name", name), Map.of());
    }

    @Override
    public List<String> problems() {
        return List.of();
    }

    @Override
    public Set<String> headerNames() {
        return Set.of();
    }
}
