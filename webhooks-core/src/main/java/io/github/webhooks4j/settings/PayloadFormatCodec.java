package io.github.webhooks4j.settings;

import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.signing.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The form of a payload format: its kind and its settings, without what its bodies show of a secret. */
final class PayloadFormatCodec implements Codec<PayloadFormat> {
    private static final String KIND = "kind";
    private static final String SETTINGS = "settings";
    private static final String SECRET = "secret";

    @Override
    public Object write(PayloadFormat payload, Secrets secrets) {
        if (!(payload instanceof ReadyMadeFormat format)) {
            throw new IllegalArgumentException("a payload format of the application's own has no form");
        }
        Map<String, Object> form = new LinkedHashMap<>();
        form.put(KIND, format.kind());
        if (!format.settings().isEmpty()) {
            form.put(SETTINGS, new TreeMap<>(format.settings()));
        }
        format.secret().ifPresent(secret -> {
            secrets.put(SECRET, secret);
            Form.putSecrets(form, Set.of(SECRET));
        });
        return form;
    }

    @Override
    public Reading<PayloadFormat> read(Object plain, Secrets secrets) {
        Form form = Form.of(plain);
        String kind = form.need(KIND, Codec.text());
        Map<String, String> settings = form.take(SETTINGS, Codec.textByName()).orElse(Map.of());
        boolean hasSecret = form.hasSecret(SECRET);
        form.end();
        Optional<Secret> secret = secrets.find(SECRET).filter(found -> hasSecret);
        ReadyMadeFormat format = ReadyMadeFormat.of(kind, settings, secret);
        return new Reading<>(format, format.isKnown() && secret.isPresent() == hasSecret);
    }
}
