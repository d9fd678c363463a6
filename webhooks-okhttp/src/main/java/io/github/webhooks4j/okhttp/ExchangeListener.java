package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.delivery.Timing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how far one call got and where its time went, and tells its limits and its connection when the answer begins and ends. The status is known
 * here as soon as the headers are in, also where OkHttp then throws because of what they say.
 *
 * <p>Used by the thread of the call alone, and so it takes only events that come on it. Those of connecting to an address
 * ({@code connectStart}, {@code connectFailed}) come on threads of OkHttp's, several at a time, and tell nothing of the
 * connection that the call gets: while one is being made, the call may take a kept one that has come free. When connecting began is
 * therefore asked of the socket that the call got.
 */
final class ExchangeListener extends EventListener {
    private boolean handshakeBegun;
    private boolean made;
    private boolean connected;
    private @Nullable AnswerInput answers;
    private boolean requestBegun;
    private boolean spoiled;
    private OptionalInt status = OptionalInt.empty();
    private Optional<String> retryAfter = Optional.empty();
    private Map<String, String> headers = Map.of();

    // Where the time went; the beginnings are on the clock of System.nanoTime, and of use where there is what began.
    private long resolving;
    private long shakingHands;
    private long connecting;
    private long requesting;
    private @Nullable Duration dns;
    private @Nullable Duration connect;
    private @Nullable Duration tls;
    private @Nullable Duration firstByte;

    @Override
    public void dnsStart(Call call, String domain) {
        resolving = System.nanoTime();
    }

    @Override
    public void dnsEnd(Call call, String domain, List<InetAddress> addresses) {
        dns = since(resolving);
    }

    @Override
    public void secureConnectStart(Call call) {
        handshakeBegun = true;
        shakingHands = System.nanoTime();
        tls = null; // that of another address
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        tls = since(shakingHands);
    }

    /** With a protocol, this is the connection that the call acquires next; without one, a proxy wanted another. */
    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        made = protocol != null;
        connecting = System.nanoTime();
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        connected = true;
        AnsweringSocket socket = (AnsweringSocket) connection.socket();
        if (made) {
            connect = Duration.ofNanos((tls == null ? connecting : shakingHands) - socket.connectBegan());
        } else {
            tls = null; // that of one that came to nothing
        }
        answers = socket.answers();
        answers.taken();
        CallLimits.beginAnswer();
    }

    @Override
    public void requestHeadersStart(Call call) {
        requesting = System.nanoTime();
    }

    /** Here the call still has its connection. */
    @Override
    public void requestFailed(Call call, IOException failure) {
        spoiled = answers != null && answers.isSpoiled();
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        firstByte = since(requesting);
        status = OptionalInt.of(response.code());
        headers = new AnswerHeaders(response.headers());
        retryAfter = Optional.ofNullable(response.header("Retry-After"));
        Objects.requireNonNull(answers).headEnded();
    }

    @Override
    public void responseBodyEnd(Call call, long bytes) {
        CallLimits.endAnswer();
        Objects.requireNonNull(answers).ended();
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

    /** Whether any of the answer has come. */
    boolean answerBegun() {
        return answers != null && answers.hasBegun();
    }

    /** Whether nothing was sent, since something had come on the kept connection before. */
    boolean wasSpoiled() {
        return spoiled && onKeptConnection();
    }

    /** Whether the request went out on a connection that was kept from an earlier call. */
    boolean onKeptConnection() {
        return connected && !made;
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

    /** None as long as there is no status. */
    Map<String, String> headers() {
        return headers;
    }

    /** Where the time went, as far as the call got. */
    Timing timing() {
        return new Timing(
                Optional.ofNullable(dns),
                Optional.ofNullable(connect),
                Optional.ofNullable(connected ? tls : null),
                Optional.ofNullable(firstByte));
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
