package io.github.webhooks4j.okhttp;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import okhttp3.Headers;

/**
 * The first 50 headers of an answer. Those of one name, in upper or lower case, are joined as RFC 9110 does, section 5.3. They are read
 * only when somebody looks, since nobody looks at most of them.
 */
final class AnswerHeaders extends AbstractMap<String, String> {
    private static final int MOST = 50;

    private final Headers headers;

    AnswerHeaders(Headers headers) {
        this.headers = headers;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        Map<String, String> joined = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < Math.min(headers.size(), MOST); i++) {
            joined.merge(headers.name(i), headers.value(i), (before, next) -> before + ", " + next);
        }
        return joined.entrySet();
    }
}
