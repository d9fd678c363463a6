package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.transport.TlsSettings;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** Puts a webhook's TLS settings into a client. */
final class TlsIdentity {
    private static final char[] NO_PASSWORD = new char[0];

    private TlsIdentity() {}

    /**
     * Sets what differs from the standard.
     *
     * @param usual what is trusted if the webhook trusts nothing of its own; null for what the JVM trusts
     * @throws GeneralSecurityException if certificates or key cannot be used
     */
    static void apply(TlsSettings tls, @Nullable X509TrustManager usual, OkHttpClient.Builder builder)
            throws GeneralSecurityException {
        X509TrustManager trust = trust(tls, usual);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys(tls), new TrustManager[] {trust}, null);
        builder.sslSocketFactory(new SecureSocketFactory(context.getSocketFactory()), trust);
        if (tls.skipsVerification()) {
            builder.hostnameVerifier((host, session) -> true);
        }
    }

    private static KeyManager @Nullable [] keys(TlsSettings tls) throws GeneralSecurityException {
        Optional<KeyStore> store = tls.clientKeys();
        if (store.isEmpty()) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store.get(), NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static X509TrustManager trust(TlsSettings tls, @Nullable X509TrustManager usual)
            throws GeneralSecurityException {
        if (tls.skipsVerification()) {
            return new EverybodyTrusted();
        }
        Optional<KeyStore> store = tls.trustStore();
        if (store.isEmpty() && usual != null) {
            return usual;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store.orElse(null));
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("the JVM has no trust manager for X.509"));
    }

    /** Extended, since the JDK adds checks of its own to others. */
    private static final class EverybodyTrusted extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
