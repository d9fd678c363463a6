package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Judges the host of a URL: a literal address in its usual spelling, or a public name.
 *
 * <p>Each other spelling of an address ({@code 127.1}, {@code 0x7f000001}, {@code ::ffff:127.0.0.1}) is refused for its
 * form, since parsers disagree about it.
 */
final class HostRules {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String QUAD = OCTET + "(?:\\." + OCTET + "){3}";
    private static final Pattern IPV4 = Pattern.compile(QUAD);
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)(?:[0-9a-f]{0,4}:)*(?:[0-9a-f]{0,4}|" + QUAD + ")");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /** A name that ends so is read as an IPv4 address by browsers and by some resolvers. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    private static final int MAX_NAME = 253;
    private static final String PUNYCODE = "xn--";

    private static final Set<String> SPECIAL_TOP_LEVELS = Set.of(
            "alt",
            "corp",
            "home",
            "internal",
            "intranet",
            "invalid",
            "lan",
            "local",
            "localdomain",
            "localhost",
            "onion",
            "private",
            "test");
    private static final String HOME_NETWORK = ".home.arpa";

    private final Set<String> allowedNames;
    private final AddressRules addresses;

    /** Allows these names, in lower case, whatever their form. */
    HostRules(Set<String> allowedNames, AddressRules addresses) {
        this.allowedNames = Set.copyOf(allowedNames);
        this.addresses = addresses;
    }

    /** What is wrong with the host, as it stands between scheme and port; empty if nothing is. */
    Optional<Refusal> check(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        if (allowedNames.contains(host)) {
            return Optional.empty();
        }
        if (host.isEmpty()) {
            return refuse("the host is missing; enter a public host name such as hooks.your-company.com");
        }
        if (host.startsWith("[")) {
            return checkIpv6(host);
        }
        if (IPV4.matcher(host).matches()) {
            return checkAddress(host);
        }
        return checkName(host);
    }

    private Optional<Refusal> checkIpv6(String host) {
        if (!host.endsWith("]")
                || !IPV6.matcher(host.substring(1, host.length() - 1)).matches()) {
            return refuse("the host is not an IPv6 address; write it in brackets, without a zone");
        }
        return checkAddress(host);
    }

    /** Judges a literal address; the forms let in here are never looked up. */
    private Optional<Refusal> checkAddress(String literal) {
        InetAddress address;
        try {
            address = InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            return refuse("the host is not an IP address; check its digits");
        }
        boolean mapped = literal.startsWith("[") && address.getAddress().length == 4;
        if (mapped) {
            return refuse("the host is an IPv4 address written as IPv6; write it as IPv4");
        }
        return addresses.allows(address)
                ? Optional.empty()
                : Optional.of(new Refusal("address", "the host is not a public address; enter one that is"));
    }

    private static Optional<Refusal> checkName(String name) {
        String[] labels = name.split("\\.", -1);
        String last = labels[labels.length - 1];
        if (NUMBER.matcher(last).matches()) {
            return refuse("the host is not an IPv4 address; write four decimal numbers without leading zeros");
        }
        if (name.length() > MAX_NAME) {
            return refuse("the host name is longer than " + MAX_NAME + " characters");
        }
        for (String label : labels) {
            if (!isLabel(label)) {
                return refuse("the host is not a valid name; use letters, digits, hyphens and single dots, "
                        + "and the xn-- form of names with other letters");
            }
        }
        boolean reserved =
                labels.length == 1 || SPECIAL_TOP_LEVELS.contains(last) || ("." + name).endsWith(HOME_NETWORK);
        return reserved
                ? refuse("the host name is not a public one; enter one such as hooks.your-company.com")
                : Optional.empty();
    }

    private static boolean isLabel(String label) {
        return LABEL.matcher(label).matches()
                && (!label.startsWith(PUNYCODE) || Punycode.isValid(label.substring(PUNYCODE.length())));
    }

    private static Optional<Refusal> refuse(String message) {
        return Optional.of(new Refusal("host", message));
    }
}
