package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport.Request;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

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

    /** A transport for development that keeps its connections, however long the machine pauses between two requests. */
    static OkHttpTransport keepingConnections() {
        OkHttpTransport transport =
                new TransportSettings().more(Requests::keepConnections).build();
        transport.open(EgressPolicy.development());
        return transport;
    }

    static void keepConnections(OkHttpClient.Builder builder) {
        builder.connectionPool(new ConnectionPool(5, 1, TimeUnit.HOURS));
    }
}
