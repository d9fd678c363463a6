package io.github.webhooks4j.egress;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds the IPv4 addresses inside IPv6 addresses, which translators and tunnels connect to. */
final class EmbeddedIpv4 {
    private static final int BYTES = Literal.V4_BYTES;
    private static final int LAST = Literal.V6_BYTES - BYTES;
    private static final int INTERFACE_ID = 8;

    /** NAT64 (RFC 6052 and 8215). The second prefix is divided up as the operator of a translator likes. */
    private static final List<Cidr> TRANSLATORS = Cidr.list("64:ff9b::/96 64:ff9b:1::/48");

    private static final Cidr LOCAL_TRANSLATORS = TRANSLATORS.get(1);
    private static final Cidr SIX_TO_FOUR = Cidr.of("2002::/16");
    private static final int SIX_TO_FOUR_AT = 2;
    private static final Cidr TEREDO = Cidr.of("2001::/32");
    /** IPv4-compatible and IPv4-translated. */
    private static final List<Cidr> AT_THE_END = Cidr.list("::/96 ::ffff:0:0:0/96");

    private static final List<Cidr> NOT_COMPATIBLE = Cidr.list(":: ::1");

    private EmbeddedIpv4() {}

    /** Those that any translator or tunnel that is known may find there. */
    static List<byte[]> in(byte[] address) {
        List<byte[]> found = new ArrayList<>();
        if (address.length == BYTES || contains(NOT_COMPATIBLE, address)) {
            return found;
        }
        found.addAll(translated(address, TRANSLATORS));
        if (SIX_TO_FOUR.contains(address)) {
            found.add(at(SIX_TO_FOUR_AT, address));
        }
        if (TEREDO.contains(address)) {
            found.add(inverted(at(LAST, address)));
        }
        if (isIsatap(address) || LOCAL_TRANSLATORS.contains(address) || contains(AT_THE_END, address)) {
            found.add(at(LAST, address));
        }
        return found;
    }

    /** Those that translators with these prefixes would connect to (RFC 6052, section 2.2). */
    static List<byte[]> translated(byte[] address, List<Cidr> prefixes) {
        List<byte[]> found = new ArrayList<>();
        for (Cidr prefix : prefixes) {
            if (prefix.contains(address)) {
                byte[] inside = new byte[BYTES];
                int at = prefix.length() / Byte.SIZE;
                for (int i = 0; i < BYTES; i++) {
                    at += at == INTERFACE_ID ? 1 : 0; // that byte is always zero
                    inside[i] = address[at++];
                }
                found.add(inside);
            }
        }
        return found;
    }

    /** Whether the interface identifier embeds an IPv4 address, at the end (RFC 5214, section 6.1). */
    private static boolean isIsatap(byte[] address) {
        int first = address[INTERFACE_ID] & 0xff;
        return (first & ~0x03) == 0
                && address[INTERFACE_ID + 1] == 0
                && address[INTERFACE_ID + 2] == 0x5e
                && (address[INTERFACE_ID + 3] & 0xff) == 0xfe;
    }

    private static byte[] at(int offset, byte[] address) {
        return Arrays.copyOfRange(address, offset, offset + BYTES);
    }

    /** As Teredo writes the client's address (RFC 4380, section 4). */
    private static byte[] inverted(byte[] address) {
        for (int i = 0; i < address.length; i++) {
            address[i] = (byte) ~address[i];
        }
        return address;
    }

    private static boolean contains(List<Cidr> blocks, byte[] address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }
}
