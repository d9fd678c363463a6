package io.github.webhooks4j.okhttp;

import java.util.List;
import java.util.Random;

/** Makes URLs of every sort: addresses in odd spellings, names that look like them, and what breaks parsers. */
final class UrlSpellings {
    private static final List<String> SCHEMES = List.of(
            "http://",
            "https://",
            "https://",
            "HTTP://",
            "hTtPs://",
            "https:",
            "https:/",
            "https:///",
            "//",
            "ftp://",
            "https:\\\\",
            " https://",
            "https://\t");
    private static final List<String> NAMES = List.of(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "hooks.customer.com",
            "EXAMPLE.com",
            "a.b",
            "metadata.google.internal",
            "printer.local",
            "127.0.0.1.nip.io",
            "xn--bcher-kva.com",
            "xn--a.com",
            "a_b.com",
            "-a.com",
            "a..com",
            "com",
            "①②⑦.⓪.⓪.①",
            "127。0。0。1",
            "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
            "0x7f",
            "1.2.3.4.5",
            "example.123",
            "a%2eb.com");
    private static final List<String> PORTS = List.of(
            "", "", "", ":", ":80", ":443", ":8080", ":0", ":22", ":65535", ":65536", ":0443", ":+80", ":80a", ":６",
            ":-1", ":6379");
    private static final List<String> USERS =
            List.of("", "", "", "", "", "user@", "user:secret@", "a@b@", "@", "%40@", "x\\@");
    private static final List<String> PATHS = List.of(
            "",
            "/",
            "/hook",
            "?a=b",
            "/a?b=c%20d",
            "#f",
            "/%zz",
            "/@evil.com",
            "/..",
            "\\evil.com",
            "/a b",
            "/\r\nX: y",
            "/%00",
            "/#@127.0.0.1/",
            "/{x}",
            "/|",
            "/é");
    private static final int[] FAVOURITES = {
        0x7f000001,
        0x7f000001,
        0x0a000001,
        0xa9fea9fe,
        0,
        0xc0a80101,
        0xac100001,
        0x64400001,
        0xa83f8110,
        0x08080808,
        0x01010101,
        0xe0000001,
        0xffffffff,
        0xc6120001
    };

    private final Random random;

    UrlSpellings(long seed) {
        random = new Random(seed);
    }

    String next() {
        if (random.nextInt(4) == 0) {
            return decent();
        }
        String url = pick(SCHEMES) + pick(USERS) + host() + pick(PORTS) + pick(PATHS);
        return random.nextInt(8) == 0 ? mutated(url) : url;
    }

    /** What a customer may well mean; the address may still be any. */
    private String decent() {
        String host = switch (random.nextInt(3)) {
            case 0 -> "hooks-" + random.nextInt(1000) + ".customer.com";
            case 1 -> quad(address());
            default -> "[" + ipv6() + "]";
        };
        return (random.nextBoolean() ? "http://" : "https://") + host + (random.nextBoolean() ? "" : ":8443") + "/hook";
    }

    private static String quad(int address) {
        return (address >>> 24) + "." + ((address >>> 16) & 0xff) + "." + ((address >>> 8) & 0xff) + "."
                + (address & 0xff);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    int address() {
        return random.nextInt(3) == 0 ? random.nextInt() : FAVOURITES[random.nextInt(FAVOURITES.length)];
    }

    private String host() {
        return switch (random.nextInt(8)) {
            case 0 -> pick(NAMES);
            case 1 -> pick(NAMES) + "." + pick(NAMES);
            case 2, 3, 4 -> ipv4(address());
            default -> "[" + ipv6() + "]";
        };
    }

    /** One to four parts in any base, the last of which takes the rest of the bits. */
    private String ipv4(int address) {
        int parts = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 4;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts - 1; i++) {
            text.append(number(address >>> (24 - 8 * i) & 0xff)).append('.');
        }
        long rest = address & (0xffffffffL >>> (8 * (parts - 1)));
        text.append(number(rest));
        return text + (random.nextInt(20) == 0 ? "." : "");
    }

    private String number(long value) {
        return switch (random.nextInt(12)) {
            case 0 -> "0x" + Long.toHexString(value);
            case 1 -> "0" + Long.toOctalString(value);
            case 2 -> "00" + value;
            case 3 -> "0X" + Long.toHexString(value).toUpperCase(java.util.Locale.ROOT);
            case 4 -> Long.toString(value + 256);
            case 5 -> percent(Long.toString(value));
            case 6 -> wide(Long.toString(value));
            default -> Long.toString(value);
        };
    }

    private static String percent(String digits) {
        return String.format("%%%02x", (int) digits.charAt(0)) + digits.substring(1);
    }

    private static String wide(String digits) {
        return (char) (digits.charAt(0) - '0' + '\uff10') + digits.substring(1);
    }

    private String ipv6() {
        int v4 = address();
        String quad = ipv4(v4);
        String hex = Integer.toHexString(v4 >>> 16) + ":" + Integer.toHexString(v4 & 0xffff);
        String tail = random.nextBoolean() ? quad : hex;
        return switch (random.nextInt(14)) {
            case 0 -> "::1";
            case 1 -> "::ffff:" + tail;
            case 2 -> "0:0:0:0:0:ffff:" + tail;
            case 3 -> "::" + tail;
            case 4 -> "64:ff9b::" + tail;
            case 5 -> "2002:" + hex + "::1";
            case 6 -> "2a00:1450::" + (random.nextBoolean() ? "200:" : "") + "5efe:" + tail;
            case 7 -> "fe80::1%25eth0";
            case 8 -> "fc00::" + Integer.toHexString(random.nextInt(65536));
            case 9 -> "2001:" + Integer.toHexString(random.nextInt(0x1000)) + "::" + tail;
            case 10 -> "2606:4700::" + Integer.toHexString(random.nextInt(65536));
            case 11 -> groups(7 + random.nextInt(3));
            case 12 -> "0000:0000:0000:0000:0000:0000:0000:0001";
            default -> groups(1 + random.nextInt(4)) + "::" + groups(1 + random.nextInt(4));
        };
    }

    private String groups(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ":").append(Integer.toHexString(random.nextInt(0x10000)));
        }
        return text.toString();
    }

    private String mutated(String url) {
        int at = random.nextInt(url.length());
        char c = (char) (random.nextInt(10) == 0 ? random.nextInt(0x10000) : random.nextInt(0x80));
        return switch (random.nextInt(3)) {
            case 0 -> url.substring(0, at) + url.substring(at + 1);
            case 1 -> url.substring(0, at) + c + url.substring(at);
            default -> url.substring(0, at) + c + url.substring(at + 1);
        };
    }
}
