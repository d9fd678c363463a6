package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Tells public addresses from all others, by the special-purpose registries of IANA rather than by the predicates of
 * {@link InetAddress}, which know neither unique local addresses nor shared address space.
 */
final class AddressRules {
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

    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final int INTERFACE_ID = 8;

    private final List<Cidr> allowed;

    private AddressRules(List<Cidr> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** Public addresses only. */
    static AddressRules publicOnly() {
        return new AddressRules(List.of());
    }

    /** Public addresses and those of these blocks. */
    static AddressRules publicAnd(List<Cidr> allowed) {
        return new AddressRules(allowed);
    }

    boolean allows(InetAddress address) {
        byte[] bytes = address.getAddress();
        return contains(allowed, bytes) || isPublic(bytes);
    }

    private static boolean isPublic(byte[] address) {
        if (address.length == V4_BYTES) {
            return !contains(SPECIAL_V4, address);
        }
        if (!GLOBAL_UNICAST_V6.contains(address) || contains(SPECIAL_V6, address)) {
            return false;
        }
        return !isIsatap(address) || isPublic(Arrays.copyOfRange(address, V6_BYTES - V4_BYTES, V6_BYTES));
    }

    /** Whether the interface identifier embeds an IPv4 address (RFC 5214, section 6.1). */
    private static boolean isIsatap(byte[] address) {
        int first = address[INTERFACE_ID] & 0xff;
        return (first & ~0x03) == 0
                && address[INTERFACE_ID + 1] == 0
                && address[INTERFACE_ID + 2] == 0x5e
                && (address[INTERFACE_ID + 3] & 0xff) == 0xfe;
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
