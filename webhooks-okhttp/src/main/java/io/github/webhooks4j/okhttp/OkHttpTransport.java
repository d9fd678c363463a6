package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.transport.Transport;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport for production: HTTP/1.1 over OkHttp clients of its own, which take no proxies, cookies or settings from their
 * environment. Safe for use by any thread.
 *
 * <p>It judges an address when it has resolved the name, and again when a socket connects. Each call ends within its timeout,
 * whatever the receiver does, and reads at most 64 KiB of an answer, headers included. A name must resolve within 2 seconds, and a
 * connection must succeed within 5. TLS is version 1.2 or later.
 *
 * <p>If the thread of a call is interrupted, the call ends within about a quarter of a second as {@link Failure#OURS}, with the
 * interrupt flag set. {@link #close} ends calls under way at once in the same way. Both keep the status if one was read.
 */
public final class OkHttpTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(OkHttpTransport.class);
    private static final byte[] NO_BODY = new byte[0];

    private final TransportSettings settings;
    private volatile @Nullable GuardedClient opened;

    OkHttpTransport(TransportSettings settings) {
        this.settings = settings;
    }

    /** A transport for one client, with the name resolution and the trusted certificates of the JVM. */
    public static OkHttpTransport create() {
        return builder().build();
    }

    /** A builder of a transport with other settings than those of {@link #create}. */
    public static Builder builder() {
        return new TransportSettings();
    }

    /**
     * Sets up a transport. The order of the calls does not matter. Each call checks its value. You cannot pass an OkHttp client, a
     * resolver or sockets, because they enforce the egress policy. For a proxy, see {@link EgressPolicy.Builder#proxy}; for client
     * certificates and trust of single webhooks, {@link io.github.webhooks4j.transport.TlsSettings}.
     */
    public sealed interface Builder permits TransportSettings {
        /**
         * The time to connect to one address. Default: 5 seconds.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 30 s
         */
        Builder connectTimeout(Duration timeout);

        /**
         * The time to resolve a name. Default: 2 seconds.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 30 s
         */
        Builder resolveTimeout(Duration timeout);

        /**
         * What makes TLS connections, and which certificates they trust. Webhooks with TLS settings of their own use only the trust.
         * It must read one TLS record at a time, as the JDK does: what an implementation that reads ahead has in a buffer of its own
         * after an answer, is not seen before the connection is used again.
         * Default: those of the JVM. In any case, TLS is version 1.2 or later, and host names are verified.
         *
         * @param sockets puts TLS on connected sockets; it must not connect
         * @param trust which certificates the sockets trust
         */
        Builder tls(SSLSocketFactory sockets, X509TrustManager trust);

        /**
         * Listeners for each call, for metrics and tracing. They see URLs and headers, and so secrets. They must be quick. What they
         * throw is logged once, and the calls go on. A call whose kept connection turns out to have bytes that nobody asked for fails
         * before it writes anything, and another one is made.
         *
         * <p>They must be safe for use by several threads. Most events of a call come on the thread that makes it, but {@code
         * connectStart} and {@code connectFailed} may come on threads of OkHttp's, several at a time and even after the call has
         * ended, and {@code canceled} comes on the thread that cuts the call off.
         */
        Builder eventListeners(EventListener.Factory listeners);

        /**
         * The credentials for the proxy of {@link EgressPolicy.Builder#proxy}, sent as Basic authentication ({@code
         * Proxy-Authorization}) with each {@code CONNECT}. Receivers never see them. Default: none.
         *
         * @throws IllegalArgumentException if the user is not 1 to 255 characters without colons and control characters
         */
        Builder proxyCredentials(String user, Secret password);

        /** The transport, for one client. */
        OkHttpTransport build();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it was opened before, since each client needs a transport of its own; if it has credentials
     *     for a proxy and the policy has no proxy; or if the versions of OkHttp, okio and Kotlin that the application brings do not
     *     fit together
     */
    @Override
    public synchronized void open(EgressPolicy policy) {
        if (opened != null) {
            throw new IllegalStateException(
                    "a client uses this transport already. An application needs one client: use"
                            + " that one everywhere. For another client, create another transport with OkHttpTransport.create()");
        }
        if (settings.proxyCredentials != null && policy.proxy().isEmpty()) {
            throw new IllegalStateException(
                    "proxyCredentials are set, but no proxy; set EgressPolicy.builder().proxy(address), or leave them out");
        }
        try {
            HostOkHttp.tryOut();
            opened = new GuardedClient(policy, settings);
        } catch (LinkageError e) {
            throw new IllegalStateException(HostOkHttp.problem(e), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the transport was never opened
     */
    @Override
    public Answer send(Request request) {
        GuardedClient client = opened;
        if (client == null) {
            throw new IllegalStateException(
                    "the transport is not open; give it to a WebhookClient, or call open first");
        }
        if (client.isClosed() || Thread.currentThread().isInterrupted()) {
            return Answer.failed(Failure.OURS);
        }
        long began = System.nanoTime();
        ExchangeListener exchange;
        Answer answer;
        do {
            exchange = new ExchangeListener();
            answer = send(client, request, exchange, began);
            // Nothing was sent, and the kept connection is closed: each round has one less.
        } while (exchange.wasSpoiled()
                && !client.isClosed()
                && !Thread.currentThread().isInterrupted());
        return answer;
    }

    private static Answer send(GuardedClient client, Request request, ExchangeListener exchange, long began) {
        Call call;
        long nanos;
        try {
            Optional<HttpUrl> url = TargetUrl.read(request.url(), client.policy());
            boolean skips = request.tls().skipsVerification();
            if (url.isEmpty() || (skips && !client.policy().allowsSkipVerification())) {
                return Answer.failed(Failure.DENIED);
            }
            call = client.newCall(toOkHttp(request, url.get(), exchange), request.tls(), request.onNewConnection());
            nanos = Math.max(request.timeout().toNanos(), 1);
        } catch (IllegalArgumentException | ArithmeticException | GeneralSecurityException e) {
            LOG.debug("a request could not be built: {}", e.getClass().getName());
            return Answer.failed(Failure.INVALID);
        }
        return exchange(client, call, exchange, began + nanos);
    }

    private static okhttp3.Request toOkHttp(Request request, HttpUrl url, ExchangeListener exchange) {
        Headers headers = headers(request, url);
        return new okhttp3.Request.Builder()
                .url(url)
                .method(request.method(), new OneShotBody(request.body()))
                .headers(headers)
                .tag(Headers.class, headers)
                .tag(ExchangeListener.class, exchange)
                .build();
    }

    /** All that is sent: those that OkHttp would add, too. */
    private static Headers headers(Request request, HttpUrl url) {
        Headers.Builder headers = new Headers.Builder();
        request.headers().forEach(headers::set);
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        boolean usualPort = url.port() == HttpUrl.defaultPort(url.scheme());
        return headers.set("Accept-Encoding", "identity")
                .set("Host", usualPort ? host : host + ":" + url.port())
                .set("Connection", "Keep-Alive")
                .set("Content-Length", String.valueOf(request.body().length))
                .removeAll("Transfer-Encoding")
                .build();
    }

    private static Answer exchange(GuardedClient client, Call call, ExchangeListener exchange, long deadline) {
        CallLimits limits = CallLimits.begin(deadline, client.budget());
        call.timeout().timeout(Math.max(limits.nanosLeft(), 1), NANOSECONDS);
        byte[] body = NO_BODY;
        Answer failed = Answer.failed(Failure.PROTOCOL);
        try (Response response = call.execute()) {
            body = AnswerBody.read(call, response);
        } catch (Throwable thrown) {
            failed = failed(client, thrown, exchange, limits);
        } finally {
            CallLimits.end();
            client.callEnded();
        }
        return exchange.status().isPresent()
                ? new Answer(
                        exchange.status(),
                        exchange.retryAfter(),
                        body,
                        Optional.empty(),
                        Optional.empty(),
                        exchange.timing(),
                        exchange.headers())
                : new Answer(
                        OptionalInt.empty(),
                        Optional.empty(),
                        NO_BODY,
                        failed.failure(),
                        failed.detail(),
                        exchange.timing(),
                        Map.of());
    }

    private static Answer failed(GuardedClient client, Throwable thrown, ExchangeListener exchange, CallLimits limits) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        boolean cutOff = client.isClosed() || Thread.currentThread().isInterrupted();
        Failure failure = cutOff ? Failure.OURS : FailureOf.call(thrown, exchange, limits);
        // Only the kind: the message may hold what the receiver sent, or an address.
        String kind = thrown.getClass().getName();
        if (thrown instanceof LinkageError e) {
            LOG.error("no request could be made: {}", HostOkHttp.problem(e));
        } else if (thrown instanceof Error) {
            LOG.error("a call failed with {}, recorded as {}", kind, failure);
        } else {
            LOG.debug("no answer: {}, {}", failure, kind);
        }
        return Answer.failed(failure, FailureOf.detail(failure, thrown));
    }

    @Override
    public void close() {
        GuardedClient client = opened;
        if (client != null) {
            client.close();
        }
    }
}
