package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.Transport.Request;
import java.time.Duration;
import java.util.Map;

/** Requests for tests. */
final class Requests {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private Requests() {}

    static Request post(String url) {
        return post(url, TIMEOUT);
    }

    static Request post(String url, Duration timeout) {
        return new Request(
                "POST", url, Map.of("Content-Type", "application/json"), "{\"a\":1}".getBytes(UTF_8), timeout);
    }

    static Request postWith(String url, Map<String, String> headers, byte[] body) {
        return new Request("POST", url, headers, body, TIMEOUT);
    }
}
