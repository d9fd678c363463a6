package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.transport.Transport;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transport for production: HTTP/1.1 over OkHttp clients of its own, which take neither proxies nor cookies nor
 * settings from their surroundings. Safe for use by any thread.
 *
 * <p>An address is judged when its name was resolved and again when a socket connects. Each call ends within its timeout,
 * whatever the receiver does, and reads no more than 64 KiB of an answer, headers included. A connection must come about within 5
 * seconds, and a name resolve within 2. TLS is version 1.2 or later.
 *
 * <p>A call whose thread is interrupted ends within about a quarter of a second, as {@link Failure#OURS}, with the
 * interrupt flag set; so does at once each call that {@link #close} meets under way. Both keep the status if one was
 * read.
 */
public final class OkHttpTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(OkHttpTransport.class);
    private static final byte[] NO_BODY = new byte[0];

    private final TransportSettings settings;
    private volatile @Nullable GuardedClient opened;

    OkHttpTransport(TransportSettings settings) {
        this.settings = settings;
    }

    /** A transport with the name resolution and the trusted certificates of the JVM, to be given to one client. */
    public static OkHttpTransport create() {
        return builder().build();
    }

    /** A builder of a transport that needs other settings than {@link #create} has. */
    public static Builder builder() {
        return new TransportSettings();
    }

    /**
     * Sets up a transport. The order of the calls does not matter, values are checked at once. There is no way to pass an
     * OkHttp client, a resolver or sockets: the egress policy is enforced in them. For a proxy, see {@link
     * EgressPolicy.Builder#proxy}; for client certificates and trust of single webhooks, {@link
     * io.github.webhooks4j.transport.TlsSettings}.
     */
    public sealed interface Builder permits TransportSettings {
        /**
         * The time for a connection to come about, for each address that is tried. Default: 5 seconds.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 30 s
         */
        Builder connectTimeout(Duration timeout);

        /**
         * The time for a name to resolve. Default: 2 seconds.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 30 s
         */
        Builder resolveTimeout(Duration timeout);

        /**
         * What TLS connections are made with, and whom they trust. Webhooks with TLS settings of their own use the trust
         * only. Default: that of the JVM. TLS is version 1.2 or later, and host names are verified, in any case.
         *
         * @param sockets puts TLS onto sockets that are connected; it must not make connections
         * @param trust what the sockets trust
         */
        Builder tls(SSLSocketFactory sockets, X509TrustManager trust);

        /**
         * Is notified of each call, for metrics and tracing. It sees URLs and headers, and so secrets. It must be quick. What
         * it throws is logged once, and calls go on.
         *
         * <p>It must be safe for use by several threads. Most events of a call come on the thread that makes it, but {@code
         * connectStart} and {@code connectFailed} may come on threads of OkHttp's, several at a time and even after the
         * call's end, and {@code canceled} comes on the thread that cuts the call off.
         */
        Builder eventListeners(EventListener.Factory listeners);

        /**
         * What the proxy of {@link EgressPolicy.Builder#proxy} is shown, as Basic authentication ({@code
         * Proxy-Authorization}), with each {@code CONNECT}. Receivers never see it. Default: none.
         *
         * @throws IllegalArgumentException if the user is not 1 to 255 characters without colons and control characters
         */
        Builder proxyCredentials(String user, Secret password);

        /** The transport, to be given to one client. */
        OkHttpTransport build();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it was opened before: each client needs a transport of its own; if it has credentials
     *     for a proxy, and the policy has no proxy
     */
    @Override
    public synchronized void open(EgressPolicy policy) {
        if (opened != null) {
            throw new IllegalStateException("the transport is open already; create one for each client");
        }
        if (settings.proxyCredentials != null && policy.proxy().isEmpty()) {
            throw new IllegalStateException(
                    "there are proxyCredentials and no proxy; set EgressPolicy.builder().proxy, or leave them out");
        }
        opened = new GuardedClient(policy, settings);
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
            throw new IllegalStateException("the transport is not open; build a client with it, or call open first");
        }
        if (client.isClosed() || Thread.currentThread().isInterrupted()) {
            return Answer.failed(Failure.OURS);
        }
        ExchangeListener exchange = new ExchangeListener();
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
        return exchange(client, call, exchange, nanos);
    }

    private static okhttp3.Request toOkHttp(Request request, HttpUrl url, ExchangeListener exchange) {
        okhttp3.Request.Builder builder = new okhttp3.Request.Builder()
                .url(url)
                .method(request.method(), new OneShotBody(request.body()))
                .tag(ExchangeListener.class, exchange);
        request.headers().forEach(builder::header);
        return builder.header("Accept-Encoding", "identity").build();
    }

    private static Answer exchange(GuardedClient client, Call call, ExchangeListener exchange, long nanos) {
        CallLimits limits = CallLimits.begin(System.nanoTime() + nanos, client.budget());
        call.timeout().timeout(nanos, NANOSECONDS);
        byte[] body = NO_BODY;
        Failure failure = Failure.PROTOCOL;
        try (Response response = call.execute()) {
            body = AnswerBody.read(call, response);
        } catch (Throwable thrown) {
            failure = failure(client, thrown, exchange, limits);
        } finally {
            CallLimits.end();
        }
        return exchange.status().isPresent()
                ? new Answer(exchange.status(), exchange.retryAfter(), body, Optional.empty())
                : Answer.failed(failure);
    }

    private static Failure failure(
            GuardedClient client, Throwable thrown, ExchangeListener exchange, CallLimits limits) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        boolean cutOff = client.isClosed() || Thread.currentThread().isInterrupted();
        Failure failure = cutOff ? Failure.OURS : FailureOf.call(thrown, exchange, limits);
        // Only the kind: the message may hold what the receiver sent, or an address.
        String kind = thrown.getClass().getName();
        if (thrown instanceof Error) {
            LOG.error("a call met {}, and failed as {}", kind, failure);
        } else {
            LOG.debug("no answer: {}, {}", failure, kind);
        }
        return failure;
    }

    @Override
    public void close() {
        GuardedClient client = opened;
        if (client != null) {
            client.close();
        }
    }
}
