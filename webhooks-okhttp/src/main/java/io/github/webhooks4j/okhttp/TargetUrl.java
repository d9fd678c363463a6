package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.egress.EgressPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** Reads a URL as OkHttp will, once the policy has allowed its text and the JDK has read the same out of it. */
final class TargetUrl {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");

    private TargetUrl() {}

    /**
     * The URL, or empty if it must not be sent to.
     *
     * @throws IllegalArgumentException if it is no URL
     */
    static Optional<HttpUrl> read(String text, EgressPolicy policy) {
        HttpUrl url = HttpUrl.get(text);
        boolean allowed =
                policy.check(text).isEmpty() && isReadAlike(url, URI.create(text)) && isAllowed(url.host(), policy);
        return allowed ? Optional.of(url) : Optional.empty();
    }

    /** Behind a proxy nobody else asks whether this address is one of this machine's own. Names are not looked up. */
    private static boolean isAllowed(String host, EgressPolicy policy) {
        try {
            return !LITERAL.matcher(host).matches() || policy.allows(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return false;
        }
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
