package io.github.webhooks4j.signing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** A name that stands for a signer of the application's own; the client puts that signer in its place. */
record CustomSigner(String name) implements ReadyMadeSigner {
    static final String KIND = "custom";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

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
        return NAME.matcher(name).matches()
                ? List.of()
                : List.of("the name of a custom signer must be 1 to 64 letters, digits, dots, _ or -");
    }

    @Override
    public Set<String> headerNames() {
        return Set.of();
    }
}
