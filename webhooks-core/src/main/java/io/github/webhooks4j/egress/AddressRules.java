package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Tells public addresses from all others, by the special-purpose registries of IANA rather than by the predicates of
 * {@link InetAddress}, which know neither unique local addresses nor shared address space.
 *
 * @param allowed what is allowed beside public addresses
 * @param translators prefixes of NAT64 (RFC 6052): their addresses are judged by the IPv4 address inside
 */
record AddressRules(List<Cidr> allowed, List<Cidr> translators) {
    private static final List<Cidr> SPECIAL_V4 = Cidr.list("""
            0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
            192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
            198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 168.63.129.16/32
            """);

    /**
     * Everything else that is special lies outside: loopback, link-local, unique local, multicast, and addresses that
     * embed IPv4 by mapping ({@code ::ffff:0:0/96}), compatibility ({@code ::/96}) or NAT64 ({@code 64:ff9b::/96}).
     */
    private static final Cidr GLOBAL_UNICAST_V6 = Cidr.of("2000::/3");

    private static final List<Cidr> SPECIAL_V6 =
            Cidr.list("2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20");

    /**
     * What nobody means who allows a whole network: unspecified, multicast and broadcast addresses, and those where
     * clouds hand out credentials. Only allowed if named one by one.
     */
    private static final List<Cidr> NEVER_BY_THE_WAY = Cidr.list("""
            0.0.0.0/8 224.0.0.0/4 255.255.255.255 ::/128 ff00::/8
            169.254.169.254 169.254.170.2 169.254.170.23 168.63.129.16 100.100.100.200 192.0.0.192
            fd00:ec2::254 fd00:ec2::23 fd20:ce::254
            """);

    private static final int V4_BYTES = Literal.V4_BYTES;

    /** Copies the lists. */
    AddressRules {
        allowed = List.copyOf(allowed);
        translators = List.copyOf(translators);
    }

    /** Public addresses only. */
    static AddressRules publicOnly() {
        return new AddressRules(List.of(), List.of());
    }

    boolean allows(InetAddress address) {
        return allows(address.getAddress());
    }

    boolean allows(byte[] address) {
        return names(address) || isPublic(address);
    }

    /** Whether the operator has allowed this address, public or not. */
    boolean names(byte[] address) {
        if (Literal.isMapped(address)) {
            return false; // a connection would go to the IPv4 address inside
        }
        boolean byTheWay = !contains(NEVER_BY_THE_WAY, address)
                && embedded(address).stream().allMatch(this::allows);
        for (Cidr block : allowed) {
            if (block.contains(address) && (block.isSingle() || byTheWay)) {
                return true;
            }
        }
        List<byte[]> translated = EmbeddedIpv4.translated(address, translators);
        return !translated.isEmpty() && translated.stream().allMatch(this::names);
    }

    /** The IPv4 addresses that a connection to this IPv6 address may end at. */
    List<byte[]> embedded(byte[] address) {
        List<byte[]> all = EmbeddedIpv4.in(address);
        all.addAll(EmbeddedIpv4.translated(address, translators));
        return all;
    }

    /**
     * What would allow this address; empty for one that nobody means, where a customer who enters it is up to no good more
     * often than not.
     */
    static Optional<String> remedy(byte[] address) {
        return contains(NEVER_BY_THE_WAY, address) || Literal.isMapped(address)
                ? Optional.empty()
                : Optional.of("allow(\"" + Literal.text(address) + "\")");
    }

    private boolean isPublic(byte[] address) {
        if (address.length == V4_BYTES) {
            return !contains(SPECIAL_V4, address);
        }
        List<byte[]> translated = EmbeddedIpv4.translated(address, translators);
        if (!translated.isEmpty()) {
            return translated.stream().allMatch(this::isPublic);
        }
        return GLOBAL_UNICAST_V6.contains(address)
                && !contains(SPECIAL_V6, address)
                && EmbeddedIpv4.in(address).stream().allMatch(this::isPublic);
    }

    private static boolean contains(List<Cidr> blocks, byte[] address) {
        for (Cidr block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
