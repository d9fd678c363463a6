package io.github.webhooks4j.egress;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads addresses in their usual spelling, and no other: a parser of our own, since the JDK's takes {@code 127.1},
 * {@code 2130706433} and zones, and looks up whatever it does not understand.
 */
final class Literal {
    static final int V4_BYTES = 4;
    static final int V6_BYTES = 16;

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern QUAD = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final String GAP = "::";
    private static final int LONGEST_V6 = 45;
    private static final int MAPPED_ZEROS = 10;

    private Literal() {}

    /** The four bytes of a dotted quad without leading zeros; empty if it is none. */
    static Optional<byte[]> ipv4(String text) {
        if (!QUAD.matcher(text).matches()) {
            return Optional.empty();
        }
        byte[] address = new byte[V4_BYTES];
        String[] octets = text.split("\\.", -1);
        for (int i = 0; i < V4_BYTES; i++) {
            address[i] = (byte) Integer.parseInt(octets[i]);
        }
        return Optional.of(address);
    }

    /** The sixteen bytes of an IPv6 address (RFC 4291, section 2.2) without brackets and zone; empty if it is none. */
    static Optional<byte[]> ipv6(String text) {
        if (text.length() > LONGEST_V6) {
            return Optional.empty();
        }
        int gap = text.indexOf(GAP);
        if (gap < 0) {
            return groups(text).filter(bytes -> bytes.length == V6_BYTES);
        }
        Optional<byte[]> head = gap == 0 ? Optional.of(new byte[0]) : groups(text.substring(0, gap));
        String rest = text.substring(gap + GAP.length());
        Optional<byte[]> tail = rest.isEmpty() ? Optional.of(new byte[0]) : groups(rest);
        // A dotted quad stands at the end only.
        if (head.isEmpty() || tail.isEmpty() || text.substring(0, gap).indexOf('.') >= 0) {
            return Optional.empty();
        }
        return joined(head.get(), tail.get());
    }

    private static Optional<byte[]> joined(byte[] head, byte[] tail) {
        if (head.length + tail.length > V6_BYTES - 2) {
            return Optional.empty(); // the gap stands for one group at least
        }
        byte[] address = Arrays.copyOf(head, V6_BYTES);
        System.arraycopy(tail, 0, address, V6_BYTES - tail.length, tail.length);
        return Optional.of(address);
    }

    private static Optional<byte[]> groups(String text) {
        String[] groups = text.split(":", -1);
        byte[] bytes = new byte[groups.length * 2 + 2];
        int length = 0;
        for (int i = 0; i < groups.length; i++) {
            if (i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
                Optional<byte[]> quad = ipv4(groups[i]);
                if (quad.isEmpty()) {
                    return Optional.empty();
                }
                System.arraycopy(quad.get(), 0, bytes, length, V4_BYTES);
                length += V4_BYTES;
            } else if (GROUP.matcher(groups[i]).matches()) {
                int group = Integer.parseInt(groups[i], 16);
                bytes[length++] = (byte) (group >> Byte.SIZE);
                bytes[length++] = (byte) group;
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(Arrays.copyOf(bytes, length));
    }

    /** The one spelling of an address that everybody understands; for IPv6 that of RFC 5952, without brackets. */
    static String text(byte[] address) {
        if (address.length == V4_BYTES) {
            return IntStream.range(0, V4_BYTES)
                    .mapToObj(i -> Integer.toString(address[i] & 0xff))
                    .collect(Collectors.joining("."));
        }
        int gap = 0;
        int gapEnd = 0;
        for (int from = 0; from < V6_BYTES; from += 2) {
            int to = from;
            while (to < V6_BYTES && address[to] == 0 && address[to + 1] == 0) {
                to += 2;
            }
            if (to - from > Math.max(2, gapEnd - gap)) { // one group alone is written as 0
                gap = from;
                gapEnd = to;
            }
        }
        return gapEnd == 0 ? hex(address, 0, V6_BYTES) : hex(address, 0, gap) + GAP + hex(address, gapEnd, V6_BYTES);
    }

    private static String hex(byte[] address, int from, int to) {
        return IntStream.range(from / 2, to / 2)
                .mapToObj(i -> Integer.toHexString((address[2 * i] & 0xff) << Byte.SIZE | (address[2 * i + 1] & 0xff)))
                .collect(Collectors.joining(":"));
    }

    /** Whether this is an IPv4 address in the clothes of IPv6 ({@code ::ffff:0:0/96}), as connections treat it. */
    static boolean isMapped(byte[] address) {
        if (address.length != V6_BYTES || address[MAPPED_ZEROS] != -1 || address[MAPPED_ZEROS + 1] != -1) {
            return false;
        }
        for (int i = 0; i < MAPPED_ZEROS; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
