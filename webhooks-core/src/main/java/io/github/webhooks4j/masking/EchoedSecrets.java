package io.github.webhooks4j.masking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer may echo and nobody should read there: the secrets of a webhook, and the parts of them that servers show apart. */
public final class EchoedSecrets {
    /** A key of Standard Webhooks: what it encodes is the secret. */
    private static final Pattern KEY = Pattern.compile("whs(?:ec|k)_([A-Za-z0-9+/]+=*)");

    private final Set<String> texts = new HashSet<>();
    private final List<byte[]> keys = new ArrayList<>();

    private EchoedSecrets() {}

    /**
     * In no order; some may be short.
     *
     * @param stored what is stored as secrets of a webhook; a path and query of a URL begin with {@code /} or {@code ?}
     * @param sent the values of the headers of a request that hold a secret
     */
    public static Collection<byte[]> of(Collection<String> stored, Collection<String> sent) {
        EchoedSecrets secrets = new EchoedSecrets();
        stored.forEach(secrets::addStored);
        sent.forEach(secrets::addSent);
        return secrets.all();
    }

    private Collection<byte[]> all() {
        List<byte[]> all = new ArrayList<>(keys);
        texts.forEach(text -> all.add(text.getBytes(UTF_8)));
        return all;
    }

    private void addStored(String text) {
        texts.add(text);
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
        texts.add(path.startsWith("/") ? path.substring(1) : path);
        texts.add(query);
        for (String parameter : query.split("&", -1)) {
            texts.add(parameter.substring(parameter.indexOf('=') + 1));
        }
    }

    private void addKey(String base64) {
        try {
            keys.add(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            texts.add(base64);
        }
    }

    /** A header may name a scheme before its secret, such as Bearer. */
    private void addSent(String value) {
        texts.add(value);
        texts.add(value.substring(value.indexOf(' ') + 1).strip());
    }
}
