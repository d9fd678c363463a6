package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.transport.TlsSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The form of TLS settings: what differs from the standard ones; the private key is a secret. */
final class TlsCodec implements Codec<TlsSettings> {
    private static final String CERTIFICATES = "certificates";
    private static final String TRUSTED = "trusted";
    private static final String SKIPS_VERIFICATION = "skipsVerification";
    private static final String PRIVATE_KEY = "privateKey";

    @Override
    public Object write(TlsSettings tls, Secrets secrets) {
        Map<String, Object> form = new LinkedHashMap<>();
        tls.certificates().ifPresent(pem -> form.put(CERTIFICATES, pem));
        tls.trusted().ifPresent(pem -> form.put(TRUSTED, pem));
        if (tls.skipsVerification()) {
            form.put(SKIPS_VERIFICATION, true);
        }
        tls.privateKey().ifPresent(key -> {
            secrets.put(PRIVATE_KEY, key);
            Form.putSecrets(form, Set.of(PRIVATE_KEY));
        });
        return form;
    }

    @Override
    public Reading<TlsSettings> read(Object plain, Secrets secrets) {
        Form form = Form.of(plain);
        Optional<String> certificates = form.take(CERTIFICATES, Codec.text());
        Optional<String> trusted = form.take(TRUSTED, Codec.text());
        boolean skips = form.take(SKIPS_VERIFICATION, Codec.flag()).orElse(false);
        boolean hasKey = form.hasSecret(PRIVATE_KEY);
        form.end();
        if (certificates.isPresent() != hasKey) {
            throw new IllegalArgumentException("must have a private key if it has certificates, and none otherwise");
        }
        Optional<Secret> key = secrets.find(PRIVATE_KEY).filter(found -> hasKey);
        TlsSettings tls = TlsSettings.standard();
        if (certificates.isPresent() && key.isPresent()) {
            tls = tls.clientCertificate(certificates.get(), key.get());
        }
        if (trusted.isPresent()) {
            tls = tls.trust(trusted.get());
        }
        return new Reading<>(skips ? tls.skipVerification() : tls, key.isPresent() == hasKey);
    }
}
