package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.egress.EgressPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import okhttp3.HttpUrl;

/** Reads a URL as OkHttp will, once the policy has allowed its text and the JDK has read the same out of it. */
final class TargetUrl {
    private TargetUrl() {}

    /**
     * The URL, or empty if it must not be sent to.
     *
     * @throws IllegalArgumentException if it is no URL
     */
    static Optional<HttpUrl> read(String text, EgressPolicy policy) {
        HttpUrl url = HttpUrl.get(text);
        return policy.check(text).isEmpty() && isReadAlike(url, URI.create(text)) ? Optional.of(url) : Optional.empty();
    }

    private static boolean isReadAlike(HttpUrl url, URI uri) {
        int port = uri.getPort() < 0 ? HttpUrl.defaultPort(url.scheme()) : uri.getPort();
        return url.scheme().equalsIgnoreCase(uri.getScheme())
                && url.port() == port
                && url.username().isEmpty()
                && url.password().isEmpty()
                && isSameHost(url.host(), uri.getHost());
    }

    private static boolean isSameHost(String ours, String theirs) {
        if (!theirs.startsWith("[")) {
            return ours.equals(theirs.toLowerCase(Locale.ROOT));
        }
        try {
            // Literals both, which are not looked up.
            return ours.indexOf(':') >= 0 && InetAddress.getByName(ours).equals(InetAddress.getByName(theirs));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
