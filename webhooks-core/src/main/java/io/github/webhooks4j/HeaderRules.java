package io.github.webhooks4j;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which headers a signer may set. */
final class HeaderRules {
    /** What the message and the connection are made of. */
    private static final Set<String> RESERVED = Set.of(
            "webhook-id",
            "webhook-timestamp",
            "content-type",
            "content-length",
            "content-encoding",
            "host",
            "user-agent",
            "accept-encoding",
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "cookie");

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7E]{1,16384}");

    private HeaderRules() {}

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static boolean isReserved(String name) {
        return RESERVED.contains(name.toLowerCase(Locale.ROOT));
    }

    static boolean isAllowed(String name, String value) {
        return isName(name) && !isReserved(name) && VALUE.matcher(value).matches();
    }
}
