package io.github.webhooks4j.egress;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges the text of a URL, without a look at the network. Strict about spelling, so that no two parsers can read a URL
 * that passes in two ways.
 */
final class UrlRules {
    private static final int MAX_LENGTH = 2048;

    /** Scheme, authority, and the rest, which begins with a slash, a question mark or a hash. */
    private static final Pattern SHAPE = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", Pattern.DOTALL);

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::(.*))?", Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    private static final String HTTP = "http";
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;
    private static final int LAST_PORT = 65535;

    /** The bad ports of the Fetch standard that are not privileged. */
    private static final Set<Integer> BAD_PORTS = Set.of(
            1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
            10080);

    private final Set<String> schemes;
    private final Set<Integer> ports;
    private final HostRules hosts;

    /**
     * Rules for one policy.
     *
     * @param schemes those that are allowed, in lower case
     * @param ports the only ones that are allowed; if empty, those that are usual and harmless
     */
    UrlRules(Set<String> schemes, Set<Integer> ports, HostRules hosts) {
        this.schemes = Set.copyOf(schemes);
        this.ports = Set.copyOf(ports);
        this.hosts = hosts;
    }

    /** All rules that the URL breaks; of one that is too long, only that it is. */
    List<Refusal> check(String url) {
        if (url.length() > MAX_LENGTH) {
            return List.of(tooLong());
        }
        List<Refusal> refusals = new ArrayList<>();
        if (!url.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\')) {
            refusals.add(new Refusal(
                    "characters",
                    "the URL has a character that is not allowed; remove spaces and backslashes, write the host name in "
                            + "its xn-- form and percent-encode other characters"));
        }
        Matcher shape = SHAPE.matcher(url);
        if (!shape.matches()) {
            refusals.add(wrongScheme(""));
            return List.copyOf(refusals);
        }
        String scheme = shape.group(1).toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme)) {
            refusals.add(wrongScheme(scheme));
        }
        checkAuthority(scheme, shape.group(2), refusals);
        if (shape.group(3).indexOf('#') >= 0) {
            refusals.add(new Refusal(
                    "fragment", "the URL has a fragment, which is never sent; remove '#' and all after it"));
        }
        if (refusals.isEmpty() && !isUri(url, shape.group(2))) {
            refusals.add(
                    new Refusal("syntax", "the URL is malformed; percent-encode special characters in path and query"));
        }
        if (refusals.isEmpty() && canonical(shape).length() > MAX_LENGTH) {
            refusals.add(tooLong());
        }
        return List.copyOf(refusals);
    }

    private static Refusal tooLong() {
        return new Refusal("length", "the URL is longer than " + MAX_LENGTH + " characters; shorten it");
    }

    /**
     * The one spelling of a URL that passes: scheme and host in lower case, no port if it is the scheme's own, and the path
     * and query that are sent.
     */
    String canonical(String url) {
        Matcher shape = SHAPE.matcher(url);
        if (!check(url).isEmpty() || !shape.matches()) {
            throw new IllegalArgumentException("the URL does not pass; ask check what is wrong with it");
        }
        return canonical(shape);
    }

    private static String canonical(Matcher shape) {
        String authority = shape.group(2);
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String scheme = shape.group(1).toLowerCase(Locale.ROOT);
        String host = hasPort ? authority.substring(0, colon) : authority;
        String port = hasPort ? authority.substring(colon) : "";
        boolean standard = port.equals(":" + standardPort(scheme));
        return scheme + "://" + HostRules.canonical(host) + (standard ? "" : port)
                + PathAndQuery.canonical(shape.group(3));
    }

    private static int standardPort(String scheme) {
        return scheme.equals(HTTP) ? HTTP_PORT : HTTPS_PORT;
    }

    private Refusal wrongScheme(String scheme) {
        String allowed = schemes.contains(HTTP) ? "https:// or http://" : "https://";
        String message = "the URL must begin with " + allowed;
        return scheme.equals(HTTP) ? new Refusal("scheme", message, "allowHttp()") : new Refusal("scheme", message);
    }

    private void checkAuthority(String scheme, String authority, List<Refusal> refusals) {
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            refusals.add(new Refusal(
                    "user-info",
                    "the URL has a user name or password before the host; remove it and use a header instead"));
        }
        Matcher hostAndPort = HOST_AND_PORT.matcher(authority.substring(at + 1));
        if (!hostAndPort.matches()) {
            refusals.add(new Refusal("host", "the host is not a valid name or address; check what follows '://'"));
            return;
        }
        hosts.check(hostAndPort.group(1)).ifPresent(refusals::add);
        checkPort(scheme, hostAndPort.group(2)).ifPresent(refusals::add);
    }

    private Optional<Refusal> checkPort(String scheme, @Nullable String text) {
        int port = text == null ? standardPort(scheme) : PORT.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (ports.isEmpty() ? isUsual(port) : ports.contains(port)) {
            return Optional.empty();
        }
        String choice = ports.isEmpty()
                ? "use 80, 443, or one from 1024 on that is not reserved for another protocol"
                : "ask for a list of those that are";
        String message = "the port is not allowed; " + choice;
        return Optional.of(
                port == 0 || port > LAST_PORT
                        ? new Refusal("port", message)
                        : new Refusal("port", message, "ports(" + port + ", …)"));
    }

    private static boolean isUsual(int port) {
        return port == HTTP_PORT
                || port == HTTPS_PORT
                || (port >= FIRST_UNPRIVILEGED_PORT && port <= LAST_PORT && !BAD_PORTS.contains(port));
    }

    /** Whether {@link URI} reads the URL, and reads the same authority. */
    private static boolean isUri(String url, String authority) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null && authority.equals(uri.getRawAuthority());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
