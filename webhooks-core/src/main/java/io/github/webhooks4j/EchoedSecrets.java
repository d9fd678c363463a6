package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.settings.Secrets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer may echo and nobody should read there: all that is stored as a secret of a webhook, and what a request sent of it. */
final class EchoedSecrets {
    /** A key of Standard Webhooks: what it encodes is the secret. */
    private static final Pattern KEY = Pattern.compile("whs(?:ec|k)_([A-Za-z0-9+/]+=*)");

    private final List<byte[]> found = new ArrayList<>();

    private EchoedSecrets() {}

    /** In no order; some may be short, or there more than once. */
    static Collection<byte[]> of(WebhookSettings webhook, Rendering rendering) {
        EchoedSecrets secrets = new EchoedSecrets();
        Secrets stored = Secrets.none();
        webhook.choices().write(stored);
        stored.texts().values().forEach(secrets::addStored);
        rendering.secret().forEach(name -> secrets.addSent(rendering.headers().getOrDefault(name, "")));
        return secrets.found;
    }

    private void add(String text) {
        found.add(text.getBytes(UTF_8));
    }

    private void addStored(String text) {
        add(text);
        if (text.startsWith("/") || text.startsWith("?")) {
            addPartsOfUrl(text);
        }
        Matcher key = KEY.matcher(text);
        if (key.matches()) {
            addKey(key.group(1));
        }
    }

    /** Servers show path and query each by itself, paths without their slash, and parameters by name. */
    private void addPartsOfUrl(String pathAndQuery) {
        int mark = pathAndQuery.indexOf('?');
        String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
        String query = mark < 0 ? "" : pathAndQuery.substring(mark + 1);
        add(path.startsWith("/") ? path.substring(1) : path);
        add(query);
        for (String parameter : query.split("&", -1)) {
            add(parameter.substring(parameter.indexOf('=') + 1));
        }
    }

    private void addKey(String base64) {
        try {
            found.add(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            add(base64);
        }
    }

    /** A header may name a scheme before its secret, such as Bearer. */
    private void addSent(String value) {
        add(value);
        add(value.substring(value.indexOf(' ') + 1).strip());
    }
}
