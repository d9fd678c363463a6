package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * OkHttp clients that obey an egress policy and have nothing in common with the clients of the application: pooled
 * connections are shared without a look at who made them. For the same reason there is one client, with a pool of its own,
 * for each way to secure a connection.
 */
final class GuardedClient implements AutoCloseable {
    private static final int MAX_IDLE_CONNECTIONS = 256;
    private static final int MAX_IDLE_OF_AN_IDENTITY = 16;

    /** Less than the usual five seconds of servers, whose close would meet a request under way. */
    private static final int IDLE_SECONDS = 4;

    /** Identities whose client is kept for the next request. */
    private static final int MAX_IDENTITIES = 256;

    /** Where OkHttp asks for credentials before the proxy has. */
    private static final String PREEMPTIVE = "OkHttp-Preemptive";

    private final EgressPolicy policy;
    private final TransportSettings settings;
    private final BoundedDns dns;
    private final ReadBudget budget = ReadBudget.ofTheHeap();
    private final SharedTrouble proxyTrouble = new SharedTrouble(System::nanoTime);
    private final OkHttpClient standard;
    private final ConnectionPool none = new ConnectionPool(0, 1, SECONDS);
    private final Map<TlsSettings, OkHttpClient> identities = new LinkedHashMap<>(16, 0.75f, true); // guarded by itself
    private final AtomicBoolean complained = new AtomicBoolean();
    private volatile boolean closed;

    GuardedClient(EgressPolicy policy, TransportSettings settings) {
        this.policy = policy;
        this.settings = settings;
        dns = new BoundedDns(policy, settings.resolver, settings.resolveTimeout);
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dns(dns)
                .socketFactory(new GuardedSocketFactory(policy))
                .proxy(policy.proxy().map(GuardedClient::http).orElse(Proxy.NO_PROXY))
                .proxySelector(new NoProxies())
                .connectionPool(new ConnectionPool(MAX_IDLE_CONNECTIONS, IDLE_SECONDS, SECONDS))
                .dispatcher(new Dispatcher())
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT))
                .connectTimeout(settings.connectTimeout)
                // The call's own time-out ends reads and writes.
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(this::answerProxy)
                .cookieJar(CookieJar.NO_COOKIES)
                .cache(null)
                // Tries the next address of a name; bodies that go out once keep it from sending a request again.
                .retryOnConnectionFailure(true)
                .addNetworkInterceptor(new OneRequest(this::isClosed))
                .addNetworkInterceptor(this::connected)
                .eventListenerFactory(this::listener);
        if (settings.sockets != null && settings.trust != null) {
            builder.sslSocketFactory(settings.sockets, settings.trust);
        }
        settings.more.accept(builder);
        standard = builder.build();
    }

    /** Without a name, which OkHttp would look up. */
    private static Proxy http(InetSocketAddress proxy) {
        try {
            InetAddress address = InetAddress.getByAddress(proxy.getAddress().getAddress());
            return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(address, proxy.getPort()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /**
     * Shows the credentials before the proxy asks for them. If it wants others, that is our trouble, but only if several
     * sites meet it: proxies also refuse single targets so, and anybody may enter those. What comes through the tunnel is
     * not the proxy's.
     */
    private @Nullable Request answerProxy(@Nullable Route route, Response response) throws IOException {
        if (!response.request().method().equals("CONNECT")) {
            return null;
        }
        if (response.challenges().stream()
                .anyMatch(challenge -> challenge.scheme().equals(PREEMPTIVE))) {
            return settings.proxyCredentials == null
                    ? null
                    : response.request()
                            .newBuilder()
                            .header("Proxy-Authorization", settings.proxyCredentials)
                            .build();
        }
        CallLimits limits = CallLimits.current();
        if (proxyTrouble.failed(siteBehindProxy(response), limits.began())) {
            limits.refusedByProxy();
        }
        return null;
    }

    /** The same for all literal addresses, of which anybody may enter many. */
    private static String siteBehindProxy(Response response) {
        return Objects.requireNonNullElse(response.request().url().topPrivateDomain(), "");
    }

    private Response connected(Interceptor.Chain chain) throws IOException {
        proxyTrouble.succeeded();
        return chain.proceed(chain.request());
    }

    /** The application's listeners come second: what ours notes does not depend on them. */
    private EventListener listener(Call call) {
        ExchangeListener ours = Objects.requireNonNull(call.request().tag(ExchangeListener.class));
        EventListener.Factory theirs = settings.listeners;
        return theirs == null ? ours : ours.plus(HostListener.of(theirs, call, complained));
    }

    ReadBudget budget() {
        return budget;
    }

    EgressPolicy policy() {
        return policy;
    }

    /**
     * A call on a connection that is secured like this.
     *
     * @param onNewConnection whether no kept connection may be used
     * @throws GeneralSecurityException if certificates or key cannot be used
     */
    Call newCall(Request request, TlsSettings tls, boolean onNewConnection) throws GeneralSecurityException {
        OkHttpClient client = client(tls);
        return (onNewConnection ? client.newBuilder().connectionPool(none).build() : client).newCall(request);
    }

    private OkHttpClient client(TlsSettings tls) throws GeneralSecurityException {
        if (tls.isStandard()) {
            return standard;
        }
        synchronized (identities) {
            OkHttpClient known = identities.get(tls);
            if (known != null) {
                return known;
            }
        }
        OkHttpClient.Builder builder = standard.newBuilder()
                .connectionPool(new ConnectionPool(MAX_IDLE_OF_AN_IDENTITY, IDLE_SECONDS, SECONDS));
        TlsIdentity.apply(tls, settings.trust, builder);
        return remember(tls, builder.build());
    }

    private OkHttpClient remember(TlsSettings tls, OkHttpClient made) {
        synchronized (identities) {
            OkHttpClient client = Objects.requireNonNullElse(identities.putIfAbsent(tls, made), made);
            if (identities.size() > MAX_IDENTITIES) {
                TlsSettings eldest = identities.keySet().iterator().next();
                Objects.requireNonNull(identities.remove(eldest))
                        .connectionPool()
                        .evictAll();
            }
            return client;
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        standard.dispatcher().cancelAll();
        standard.connectionPool().evictAll();
        synchronized (identities) {
            identities.values().forEach(client -> client.connectionPool().evictAll());
        }
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
