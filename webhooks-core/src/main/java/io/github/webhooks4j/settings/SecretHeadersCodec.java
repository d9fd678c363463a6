package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The form of secret headers: their names, by which their values are kept apart. */
final class SecretHeadersCodec implements Codec<SecretHeaders> {
    private static final Codec<List<String>> NAMES = Codec.list(Codec.text());

    @Override
    public Object write(SecretHeaders headers, Secrets secrets) {
        headers.values().forEach(secrets::put);
        return List.copyOf(headers.values().keySet());
    }

    @Override
    public Reading<SecretHeaders> read(Object plain, Secrets secrets) {
        Map<String, Secret> values = new HashMap<>();
        for (String name : NAMES.read(plain, secrets).value()) {
            values.put(name, secrets.find(name).orElse(SecretHeaders.UNREADABLE));
        }
        SecretHeaders headers = SecretHeaders.of(values);
        return new Reading<>(headers, headers.areReadable());
    }
}
