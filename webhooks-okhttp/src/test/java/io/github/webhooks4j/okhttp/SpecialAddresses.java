package io.github.webhooks4j.okhttp;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** What is not public, by another hand: the registries again, read and compared by a library that we do not ship. */
final class SpecialAddresses {
    private static final List<IPAddress> V4 = blocks("""
            0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
            192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
            198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
            """);
    /** The complement of 2000::/3, and what is special within it. */
    private static final List<IPAddress> V6 = blocks("""
            ::/3 4000::/2 8000::/1 2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20
            """);

    private SpecialAddresses() {}

    private static List<IPAddress> blocks(String text) {
        return Arrays.stream(text.strip().split("\\s+", -1))
                .map(block -> new IPAddressString(block).getAddress())
                .toList();
    }

    static List<IPAddress> all() {
        return java.util.stream.Stream.concat(V4.stream(), V6.stream()).toList();
    }

    static boolean contains(InetAddress address) {
        return contains(new IPAddressString(address.getHostAddress()).getAddress());
    }

    static boolean contains(IPAddress address) {
        List<IPAddress> blocks = address.isIPv4() ? V4 : V6;
        return blocks.stream().anyMatch(block -> block.contains(address))
                || (address.isIPv6()
                        && isIsatap(address)
                        && contains(address.toIPv6().getEmbeddedIPv4Address()));
    }

    private static boolean isIsatap(IPAddress address) {
        int high = address.toIPv6().getSegment(4).getSegmentValue();
        int low = address.toIPv6().getSegment(5).getSegmentValue();
        return low == 0x5efe && (high & 0xfcff) == 0;
    }
}
