package io.github.webhooks4j.egress;

import java.util.Arrays;
import java.util.List;
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
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /** A name that ends so is read as an IPv4 address by browsers and by some resolvers. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

    private static final int MAX_NAME = 253;
    private static final String PUNYCODE = "xn--";

    private static final Set<String> SPECIAL_TOP_LEVELS = Set.of(
            "alt",
            "arpa",
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

    private static final String LOCALHOST = "localhost";
    private static final List<byte[]> LOOPBACK =
            List.of(Literal.ipv4("127.0.0.1").orElseThrow(), Literal.ipv6("::1").orElseThrow());

    /** The addresses that the name resolves to are not public, and so have to be allowed, too. */
    private static final String ALLOW_LOOPBACK = "allow(\"127.0.0.1\").allow(\"::1\")";

    private final Set<String> allowedNames;
    private final AddressRules addresses;
    private final boolean resolvedHere;

    /**
     * Allows these names, in lower case, be they public or not.
     *
     * @param resolvedHere whether this machine resolves names, and not a proxy
     */
    HostRules(Set<String> allowedNames, AddressRules addresses, boolean resolvedHere) {
        this.allowedNames = Set.copyOf(allowedNames);
        this.addresses = addresses;
        this.resolvedHere = resolvedHere;
    }

    /** What is wrong with the host, as it stands between scheme and port; empty if nothing is. */
    Optional<Refusal> check(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        if (allowedNames.contains(host)) {
            return host.equals(LOCALHOST) ? checkLocalhost() : Optional.empty();
        }
        if (host.isEmpty()) {
            return refuse("the host is missing; enter a public host name such as hooks.your-company.com");
        }
        if (host.startsWith("[")) {
            return checkIpv6(host);
        }
        Optional<byte[]> ipv4 = Literal.ipv4(host);
        return ipv4.isPresent() ? checkAddress(ipv4.get()) : checkName(host);
    }

    /** The one name of which it is known what it resolves to: it is refused now, rather than at each attempt. */
    private Optional<Refusal> checkLocalhost() {
        boolean sendable = !resolvedHere || LOOPBACK.stream().anyMatch(addresses::allows);
        return sendable
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "address",
                        "the host is this machine, which is not a public address; enter one that is",
                        ALLOW_LOOPBACK));
    }

    private Optional<Refusal> checkIpv6(String host) {
        Optional<byte[]> ipv6 =
                host.endsWith("]") ? Literal.ipv6(host.substring(1, host.length() - 1)) : Optional.empty();
        if (ipv6.isEmpty()) {
            return refuse("the host is not an IPv6 address; write it in brackets, without a zone");
        }
        if (Literal.isMapped(ipv6.get())) {
            return refuse("the host is an IPv4 address written as IPv6; write it as IPv4");
        }
        return checkAddress(ipv6.get());
    }

    private Optional<Refusal> checkAddress(byte[] address) {
        return addresses.allows(address)
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "address",
                        "the host is not a public address; enter one that is",
                        AddressRules.remedy(address)));
    }

    private static Optional<Refusal> checkName(String name) {
        String[] labels = labels(name);
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
        boolean reserved = labels.length == 1 || SPECIAL_TOP_LEVELS.contains(last);
        return reserved
                ? Optional.of(new Refusal(
                        "host",
                        "the host name is not a public one; enter one such as hooks.your-company.com",
                        "allowHost(\"" + name + "\")" + (name.equals(LOCALHOST) ? "." + ALLOW_LOOPBACK : "")))
                : Optional.empty();
    }

    /** The one spelling of a host that passes: in lower case, and an IPv6 address as RFC 5952 writes it. */
    static String canonical(String text) {
        String host = text.toLowerCase(Locale.ROOT);
        return host.startsWith("[")
                ? Literal.ipv6(host.substring(1, host.length() - 1))
                        .map(address -> "[" + Literal.text(address) + "]")
                        .orElse(host)
                : host;
    }

    /** Whether this, in lower case, is a host name by its form, public or not. */
    static boolean isName(String name) {
        String[] labels = labels(name);
        return name.length() <= MAX_NAME
                && !NUMBER.matcher(labels[labels.length - 1]).matches()
                && Arrays.stream(labels).allMatch(HostRules::isLabel);
    }

    private static String[] labels(String name) {
        return name.split("\\.", -1);
    }

    private static boolean isLabel(String label) {
        return LABEL.matcher(label).matches()
                && (!label.startsWith(PUNYCODE) || Punycode.isValid(label.substring(PUNYCODE.length())));
    }

    private static Optional<Refusal> refuse(String message) {
        return Optional.of(new Refusal("host", message));
    }
}
