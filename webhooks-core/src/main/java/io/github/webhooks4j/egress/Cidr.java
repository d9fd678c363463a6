package io.github.webhooks4j.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** A block of addresses of one family: the first {@code length} bits are those of {@code network}. */
final class Cidr {
    private final byte[] network;
    private final int length;

    private Cidr(byte[] network, int length) {
        this.network = network;
        this.length = length;
    }

    /** Reads blocks such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}, separated by white space. */
    static List<Cidr> list(String blocks) {
        return Arrays.stream(blocks.strip().split("\\s+")).map(Cidr::of).toList();
    }

    static Cidr of(String block) {
        int slash = block.indexOf('/');
        try {
            byte[] network = InetAddress.getByName(block.substring(0, slash)).getAddress();
            return new Cidr(network, Integer.parseInt(block.substring(slash + 1)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not a block of addresses: " + block, e);
        }
    }

    /** Whether the block has this address: 4 bytes for IPv4, 16 for IPv6. Families never match each other. */
    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = length / Byte.SIZE;
        int rest = length % Byte.SIZE;
        return Arrays.equals(address, 0, whole, network, 0, whole)
                && (rest == 0 || (address[whole] ^ network[whole]) >> (Byte.SIZE - rest) == 0);
    }
}
