package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

record BasicSigner(String user, Secret password) implements ReadyMadeSigner {
    static final String KIND = "basic";
    private static final int MAX_LENGTH = 1000;

    BasicSigner {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(password, "password");
    }

    @Override
    public Map<String, String> headers(Message message) {
        byte[] credentials = (user + ":" + password.reveal()).getBytes(UTF_8);
        return Map.of(BearerSigner.AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    @Override
    public StoredSigner stored() {
        return new StoredSigner(KIND, Map.of("user", user), Map.of("password", password));
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (user.contains(":")) {
            problems.add("the Basic user must not contain a colon");
        }
        check("user", user, problems);
        check("password", password.reveal(), problems);
        return problems;
    }

    private static void check(String part, String value, List<String> problems) {
        if (value.length() > MAX_LENGTH) {
            problems.add("the Basic " + part + " must have at most " + MAX_LENGTH + " characters");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            problems.add("the Basic " + part + " must not contain control characters");
        }
        if (!UTF_8.newEncoder().canEncode(value)) {
            problems.add("the Basic " + part + " has half of a surrogate pair, which UTF-8 cannot hold");
        }
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(BearerSigner.AUTHORIZATION);
    }
}
