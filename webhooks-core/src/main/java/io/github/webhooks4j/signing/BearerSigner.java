package io.github.webhooks4j.signing;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

record BearerSigner(Secret token) implements ReadyMadeSigner {
    static final String KIND = "bearer";
    static final String AUTHORIZATION = "Authorization";
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]{1,4000}");

    BearerSigner {
        Objects.requireNonNull(token, "token");
    }

    @Override
    public Map<String, String> headers(Message message) {
        return Map.of(AUTHORIZATION, "Bearer " + token.reveal());
    }

    @Override
    public StoredSigner stored() {
        return new StoredSigner(KIND, Map.of(), Map.of("token", token));
    }

    @Override
    public List<String> problems() {
        return VISIBLE.matcher(token.reveal()).matches()
                ? List.of()
                : List.of("the Bearer token must be 1 to 4000 visible ASCII characters without a space");
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(AUTHORIZATION);
    }
}
