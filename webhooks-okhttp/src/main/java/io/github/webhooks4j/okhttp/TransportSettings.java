package io.github.webhooks4j.okhttp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.webhooks4j.signing.Secret;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Credentials;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** What the builder of a transport was told. */
final class TransportSettings implements OkHttpTransport.Builder {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Pattern USER = Pattern.compile("[^:\\p{Cntrl}]{1,255}");

    Duration connectTimeout = Duration.ofSeconds(5);
    Duration resolveTimeout = Duration.ofSeconds(2);
    Dns resolver = Dns.SYSTEM;
    Consumer<OkHttpClient.Builder> more = builder -> {};

    @Nullable
    SSLSocketFactory sockets;

    @Nullable
    X509TrustManager trust;

    EventListener.@Nullable Factory listeners;

    /** The value of a header. */
    @Nullable
    String proxyCredentials;

    @Override
    public TransportSettings connectTimeout(Duration timeout) {
        connectTimeout = checked("connectTimeout", timeout);
        return this;
    }

    @Override
    public TransportSettings resolveTimeout(Duration timeout) {
        resolveTimeout = checked("resolveTimeout", timeout);
        return this;
    }

    private static Duration checked(String name, Duration timeout) {
        Objects.requireNonNull(timeout, name);
        if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is " + timeout + "; it must be 1 ms to 30 s");
        }
        return timeout;
    }

    @Override
    public TransportSettings tls(SSLSocketFactory sockets, X509TrustManager trust) {
        this.sockets = Objects.requireNonNull(sockets, "sockets");
        this.trust = Objects.requireNonNull(trust, "trust");
        return this;
    }

    @Override
    public TransportSettings eventListeners(EventListener.Factory listeners) {
        this.listeners = Objects.requireNonNull(listeners, "listeners");
        return this;
    }

    @Override
    public TransportSettings proxyCredentials(String user, Secret password) {
        Objects.requireNonNull(password, "password");
        if (!USER.matcher(Objects.requireNonNull(user, "user")).matches()) {
            throw new IllegalArgumentException(
                    "the proxy's user is not valid; it must have 1 to 255 characters, no colon and no control characters");
        }
        proxyCredentials = Credentials.basic(user, password.reveal(), UTF_8);
        return this;
    }

    /** For tests: other names. */
    TransportSettings resolver(Dns resolver) {
        this.resolver = resolver;
        return this;
    }

    /** For tests: anything else, a layer of the guard taken away too. */
    TransportSettings more(Consumer<OkHttpClient.Builder> more) {
        this.more = more;
        return this;
    }

    @Override
    public OkHttpTransport build() {
        return new OkHttpTransport(this);
    }
}
