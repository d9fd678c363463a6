package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

record HmacHeaderSigner(String header, Secret secret) implements ReadyMadeSigner {
    static final String KIND = "hmac-sha256";
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");

    private static final int MAX_SECRET = 4000;

    HmacHeaderSigner {
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(secret, "secret");
    }

    @Override
    public Map<String, String> headers(Message message) {
        byte[] key = secret.reveal().getBytes(UTF_8);
        return Map.of(header, HexFormat.of().formatHex(HmacSha256.of(key, "", message.body())));
    }

    @Override
    public StoredSigner stored() {
        return new StoredSigner(KIND, Map.of("header", header), Map.of("secret", secret));
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!HEADER_NAME.matcher(header).matches()) {
            problems.add("the name of the signature header must be 1 to 128 letters, digits or any of !#$%&'*+.^_`|~-");
        }
        if (secret.reveal().isEmpty() || secret.reveal().length() > MAX_SECRET) {
            problems.add("the HMAC secret must have 1 to " + MAX_SECRET + " characters");
        }
        if (!UTF_8.newEncoder().canEncode(secret.reveal())) {
            problems.add("the HMAC secret has half of a surrogate pair, which UTF-8 cannot hold");
        }
        return problems;
    }

    @Override
    public Set<String> headerNames() {
        return Set.of(header);
    }
}
