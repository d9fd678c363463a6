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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OkHttp clients that obey an egress policy and have nothing in common with the clients of the application: pooled
 * connections are shared without a look at who made them. For the same reason there is one client, with a pool of its own,
 * for each way to secure a connection.
 */
final class GuardedClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedClient.class);
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
    private final OneRequest lastWord = new OneRequest(this::isClosed, this::isOutvoted);
    private final OkHttpClient standard;
    private final ConnectionPool none = new ConnectionPool(0, 1, SECONDS);
    private final Map<TlsSettings, OkHttpClient> identities = new LinkedHashMap<>(16, 0.75f, true); // guarded by itself
    /** Pools of identities that have been forgotten while calls used them; guarded by {@link #identities}. */
    private final Set<ConnectionPool> retired = new HashSet<>();

    private final AtomicBoolean complained = new AtomicBoolean();
    private final AtomicBoolean outvoted = new AtomicBoolean();
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
                .addNetworkInterceptor(this::connected)
                .addNetworkInterceptor(lastWord)
                .eventListenerFactory(this::listener);
        if (settings.sockets != null && settings.trust != null) {
            builder.sslSocketFactory(new SecureSocketFactory(settings.sockets), settings.trust);
        } else {
            secureAsUsual(builder);
        }
        settings.more.accept(builder);
        standard = build(builder);
    }

    private static void secureAsUsual(OkHttpClient.Builder builder) {
        try {
            TlsIdentity.apply(TlsSettings.standard(), null, builder);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM's TLS, or the certificates that it trusts, cannot be used", e);
        }
    }

    /**
     * A client in which our interceptor has the last word on what is sent. Agents add interceptors of theirs while a client is
     * made, behind ours; but those that look do not add them again when it is made once more, and ours can follow them then.
     */
    private OkHttpClient build(OkHttpClient.Builder builder) {
        OkHttpClient client = builder.build();
        if (!hasLastWord(client)) {
            OkHttpClient.Builder again = client.newBuilder();
            again.networkInterceptors().remove(lastWord);
            client = again.addNetworkInterceptor(lastWord).build();
            if (!hasLastWord(client) && !outvoted.getAndSet(true)) {
                LOG.warn(
                        "an agent adds an interceptor to each OkHttp client, and can change the requests that are sent");
            }
        }
        return client;
    }

    private boolean hasLastWord(OkHttpClient client) {
        return client.networkInterceptors().indexOf(lastWord)
                == client.networkInterceptors().size() - 1;
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
        return theirs == null ? ours : HostListener.behind(ours, theirs, call, complained);
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
        return (onNewConnection ? build(client.newBuilder().connectionPool(none)) : client).newCall(request);
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
        return remember(tls, build(builder));
    }

    private OkHttpClient remember(TlsSettings tls, OkHttpClient made) {
        synchronized (identities) {
            OkHttpClient client = Objects.requireNonNullElse(identities.putIfAbsent(tls, made), made);
            if (identities.size() > MAX_IDENTITIES) {
                TlsSettings eldest = identities.keySet().iterator().next();
                retired.add(Objects.requireNonNull(identities.remove(eldest)).connectionPool());
                retired.removeIf(GuardedClient::isEmptied);
            }
            return client;
        }
    }

    private boolean isOutvoted() {
        return outvoted.get();
    }

    boolean isClosed() {
        return closed;
    }

    /** A call has ended, and its connection is in a pool again. */
    void callEnded() {
        if (closed) {
            emptyPools();
        }
    }

    /** With its last connection, a pool puts away the task that OkHttp's threads keep for it. */
    private void emptyPools() {
        standard.connectionPool().evictAll();
        none.evictAll();
        synchronized (identities) {
            identities.values().forEach(client -> client.connectionPool().evictAll());
            retired.removeIf(GuardedClient::isEmptied);
        }
    }

    private static boolean isEmptied(ConnectionPool pool) {
        pool.evictAll();
        return pool.connectionCount() == 0;
    }

    @Override
    public void close() {
        closed = true;
        standard.dispatcher().cancelAll();
        emptyPools();
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
