package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The form of a URL: text, or its origin if there is more to it, which is a secret. */
final class UrlCodec implements Codec<String> {
    private static final String ORIGIN = "origin";
    private static final String PATH = "path";

    @Override
    public Object write(String url, Secrets secrets) {
        String origin = Origin.of(url);
        String path = url.substring(origin.length());
        if (path.isEmpty()) {
            return url;
        }
        secrets.put(PATH, Secret.of(path));
        Map<String, Object> form = new LinkedHashMap<>();
        form.put(ORIGIN, origin);
        Form.putSecrets(form, Set.of(PATH));
        return form;
    }

    @Override
    public Reading<String> read(Object plain, Secrets secrets) {
        if (plain instanceof String url) {
            return new Reading<>(url, true);
        }
        Form form = Form.of(plain);
        String origin = form.need(ORIGIN, Codec.text());
        boolean hasPath = form.hasSecret(PATH);
        form.end();
        Optional<String> path = secrets.find(PATH).filter(secret -> hasPath).map(Secret::reveal);
        return new Reading<>(origin + path.orElse(""), path.isPresent() == hasPath);
    }
}
