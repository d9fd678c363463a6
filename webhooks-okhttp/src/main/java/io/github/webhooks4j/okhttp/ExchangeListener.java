package io.github.webhooks4j.okhttp;

import java.util.Optional;
import java.util.OptionalInt;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Response;

/**
 * Remembers how far one call got. The status is known here as soon as the headers are in, also where OkHttp then throws
 * because of what they say. Used by the thread of the call.
 */
final class ExchangeListener extends EventListener {
    private boolean handshakeBegun;
    private boolean connected;
    private boolean requestBegun;
    private OptionalInt status = OptionalInt.empty();
    private Optional<String> retryAfter = Optional.empty();

    @Override
    public void secureConnectStart(Call call) {
        handshakeBegun = true;
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        connected = true;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        status = OptionalInt.of(response.code());
        retryAfter = Optional.ofNullable(response.header("Retry-After"));
    }

    /** Marks the request as sent; false if it was before. */
    boolean beginRequest() {
        boolean first = !requestBegun;
        requestBegun = true;
        return first;
    }

    boolean handshakeBegun() {
        return handshakeBegun;
    }

    /** Whether there was a connection, TLS included, for the request. */
    boolean connected() {
        return connected;
    }

    /** Empty for a number that HTTP does not have. */
    OptionalInt status() {
        return status.isPresent() && status.getAsInt() >= 100 && status.getAsInt() <= 599
                ? status
                : OptionalInt.empty();
    }

    Optional<String> retryAfter() {
        return retryAfter;
    }
}
