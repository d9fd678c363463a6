package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.webhooks4j.egress.EgressPolicy;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;

/**
 * An OkHttp client that obeys an egress policy and has nothing in common with the clients of the application: pooled
 * connections are shared without a look at who made them.
 */
final class GuardedClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_IDLE_CONNECTIONS = 256;

    /** Less than the usual five seconds of servers, whose close would meet a request under way. */
    private static final int IDLE_SECONDS = 4;

    private final EgressPolicy policy;
    private final BoundedDns dns;
    private final OkHttpClient client;
    private volatile boolean closed;

    GuardedClient(EgressPolicy policy, Dns resolver, Consumer<OkHttpClient.Builder> settings) {
        this.policy = policy;
        dns = new BoundedDns(policy, resolver);
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dns(dns)
                .socketFactory(new GuardedSocketFactory(policy))
                .proxy(Proxy.NO_PROXY)
                .proxySelector(new NoProxies())
                .connectionPool(new ConnectionPool(MAX_IDLE_CONNECTIONS, IDLE_SECONDS, SECONDS))
                .dispatcher(new Dispatcher())
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT))
                .connectTimeout(CONNECT_TIMEOUT)
                // The call's own time-out ends reads and writes.
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(Authenticator.NONE)
                .cookieJar(CookieJar.NO_COOKIES)
                .cache(null)
                // Tries the next address of a name; bodies that go out once keep it from sending a request again.
                .retryOnConnectionFailure(true)
                .addNetworkInterceptor(new OneRequest(this::isClosed))
                .eventListenerFactory(
                        call -> Objects.requireNonNull(call.request().tag(ExchangeListener.class)));
        settings.accept(builder);
        client = builder.build();
    }

    EgressPolicy policy() {
        return policy;
    }

    Call newCall(Request request) {
        return client.newCall(request);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
        dns.close();
    }

    /** Keeps the proxies of the system out. */
    private static final class NoProxies extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    }
}
