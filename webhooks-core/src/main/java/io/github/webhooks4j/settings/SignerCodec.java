package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The form of a signer: its kind, what is not secret, and the names of its secrets. */
final class SignerCodec implements Codec<Signer> {
    private static final String KIND = "kind";
    private static final String SETTINGS = "settings";

    @Override
    public Object write(Signer signer, Secrets secrets) {
        StoredSigner stored = StoredSigner.of(signer).orElseThrow();
        stored.secrets().forEach(secrets::put);
        Map<String, Object> form = new LinkedHashMap<>();
        form.put(KIND, stored.kind());
        if (!stored.settings().isEmpty()) {
            form.put(SETTINGS, new TreeMap<>(stored.settings()));
        }
        Form.putSecrets(form, stored.secrets().keySet());
        return form;
    }

    @Override
    public Reading<Signer> read(Object plain, Secrets secrets) {
        Form form = Form.of(plain);
        String kind = form.need(KIND, Codec.text());
        Map<String, String> settings = form.take(SETTINGS, Codec.textByName()).orElse(Map.of());
        Set<String> names = form.secrets();
        form.end();
        return restored(kind, settings, names, secrets)
                .map(signer -> new Reading<>(signer, true))
                .orElseGet(() -> new Reading<>(new UnreadableSigner(kind), false));
    }

    private static Optional<Signer> restored(
            String kind, Map<String, String> settings, Set<String> names, Secrets secrets) {
        Map<String, Secret> found = new HashMap<>();
        names.forEach(name -> secrets.find(name).ifPresent(secret -> found.put(name, secret)));
        if (found.size() < names.size()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StoredSigner(kind, settings, found).restore());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // of a newer version
        }
    }
}
