package io.github.webhooks4j.egress;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A block of addresses of one family: the first {@code length} bits are those of {@code network}. */
final class Cidr {
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F.:]{2,45})(?:/([0-9]{1,3}))?");

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

    /**
     * Reads one block; an address without a length is a block of its own.
     *
     * @throws IllegalArgumentException if it is none, or if bits after its length are set
     */
    static Cidr of(String block) {
        Matcher form = FORM.matcher(block);
        if (!form.matches()) {
            throw invalid(block);
        }
        byte[] network = Literal.ipv4(form.group(1))
                .or(() -> Literal.ipv6(form.group(1)))
                .orElseThrow(() -> invalid(block));
        int bits = network.length * Byte.SIZE;
        int length = form.group(2) == null ? bits : Integer.parseInt(form.group(2));
        if (length > bits || Literal.isMapped(network)) {
            throw invalid(block);
        }
        Cidr cidr = new Cidr(network, length);
        if (!cidr.isClean()) {
            throw invalid(block);
        }
        return cidr;
    }

    private static IllegalArgumentException invalid(String block) {
        return new IllegalArgumentException(
                "\"" + block + "\" is not a block of addresses; write it like 10.1.0.0/16, 2001:db8::/32 or 10.1.2.3");
    }

    private boolean isClean() {
        for (int bit = length; bit < network.length * Byte.SIZE; bit++) {
            if ((network[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    /** How many leading bits its addresses have in common. */
    int length() {
        return length;
    }

    /** Whether it is IPv6. */
    boolean isV6() {
        return network.length == Literal.V6_BYTES;
    }

    /** Whether the block is one address. */
    boolean isSingle() {
        return length == network.length * Byte.SIZE;
    }

    /** Whether the block has this address: 4 bytes for IPv4, 16 for IPv6. Families never match each other. */
    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = length / Byte.SIZE;
        int rest = length % Byte.SIZE;
        return Arrays.equals(address, 0, whole, network, 0, whole)
                && (rest == 0 || ((address[whole] ^ network[whole]) & 0xff) >> (Byte.SIZE - rest) == 0);
    }
}
