package io.github.webhooks4j.signing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** A name that stands for a signer kept elsewhere; the client puts that signer in its place. */
record NamedSigner(String kind, String name) implements ReadyMadeSigner {
    /** A signer of the application's own. */
    static final String CUSTOM = "custom";

    /** A signer that is stored once for many webhooks. */
    static final String SHARED = "shared";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    NamedSigner {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public Map<String, String> headers(Message message) {
        throw new IllegalStateException(
                kind.equals(CUSTOM)
                        ? "no signer is registered under the name " + name
                                + "; register it with WebhookClient.builder().signer(\"" + name + "\", …)"
                        : "no shared signer is stored under the name " + name
                                + "; save it first, with WebhookClient.signers()");
    }

    @Override
    public StoredSigner stored() {
        return new StoredSigner(kind, Map.of("name", name), Map.of());
    }

    @Override
    public List<String> problems() {
        return NAME.matcher(name).matches()
                ? List.of()
                : List.of("the name of a " + kind + " signer must be 1 to 64 letters, digits, dots, _ or -");
    }

    @Override
    public Set<String> headerNames() {
        return Set.of();
    }
}
