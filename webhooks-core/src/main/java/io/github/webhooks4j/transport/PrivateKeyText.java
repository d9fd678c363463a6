package io.github.webhooks4j.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the private key in a text in PEM (RFC 7468), between whatever else tools write there, and makes PKCS#8 of it: the JDK reads
 * neither PKCS#1 ({@code BEGIN RSA PRIVATE KEY}) nor SEC1 ({@code BEGIN EC PRIVATE KEY}). Exceptions say what is wrong and which
 * command mends it, and show nothing of the text.
 */
final class PrivateKeyText {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ((?:[A-Z0-9]{1,20} )?PRIVATE KEY)-----");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]+");
    private static final String CONVERT = "openssl pkey -in FILE -out key.pem";

    private static final byte[] VERSION = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int CURVE = 0xa0;

    private PrivateKeyText() {}

    static PKCS8EncodedKeySpec read(String text) throws InvalidKeySpecException {
        Matcher begin = BEGIN.matcher(text);
        if (!begin.find()) {
            throw refused("has no line -----BEGIN PRIVATE KEY-----; write it in PEM with: " + CONVERT);
        }
        String label = begin.group(1);
        int from = begin.end();
        int to = text.indexOf("-----END " + label + "-----", from);
        if (to < 0) {
            throw refused("has no line -----END " + label + "-----; copy it to its end");
        }
        if (begin.find()) {
            throw refused("has another one behind it; leave the one that belongs to the certificate");
        }
        return new PKCS8EncodedKeySpec(pkcs8(label, text.substring(from, to)));
    }

    private static byte[] pkcs8(String label, String body) throws InvalidKeySpecException {
        if (label.startsWith("ENCRYPTED") || body.contains("Proc-Type:")) {
            throw refused("is encrypted; decrypt it with: " + CONVERT);
        }
        if (body.contains("\\n")) {
            throw refused("has the characters \\n where lines should end; put line breaks in their places");
        }
        if (label.startsWith("OPENSSH")) {
            throw refused("is in the form of OpenSSH; convert a copy with: ssh-keygen -p -N '' -m PKCS8 -f COPY");
        }
        if (!BASE64.matcher(body).matches()) {
            throw unreadable();
        }
        try {
            byte[] key = Base64.getMimeDecoder().decode(body);
            return switch (label) {
                case "RSA PRIVATE KEY" -> der(SEQUENCE, VERSION, RSA, der(OCTETS, key));
                case "EC PRIVATE KEY" -> der(SEQUENCE, VERSION, der(SEQUENCE, EC, curve(key)), der(OCTETS, key));
                case "PRIVATE KEY" -> key;
                default -> throw unreadable();
            };
        } catch (RuntimeException e) {
            throw unreadable();
        }
    }

    /** The name of the curve, which SEC1 (RFC 5915) has behind a version and the number that is the key. */
    private static byte[] curve(byte[] sec1) {
        ByteBuffer key = value(ByteBuffer.wrap(sec1), SEQUENCE);
        value(key, INTEGER);
        value(key, OCTETS);
        ByteBuffer name = value(key, CURVE);
        byte[] curve = new byte[name.remaining()];
        name.get(curve);
        return curve;
    }

    /** The next value of DER, which must have this tag; fails with some {@code RuntimeException} if it has not. */
    private static ByteBuffer value(ByteBuffer from, int tag) {
        if ((from.get() & 0xff) != tag) {
            throw new IllegalArgumentException("another value was expected");
        }
        int length = from.get() & 0xff;
        if (length > 0x80) {
            int bytes = length - 0x80;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = (length << 8) | (from.get() & 0xff);
            }
        }
        ByteBuffer value = from.slice(from.position(), length);
        from.position(from.position() + length);
        return value;
    }

    /** A value of DER, at most 16 MB long. */
    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(tag);
        if (length < 0x80) {
            value.write(length);
        } else {
            int bytes = length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
            value.write(0x80 + bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                value.write(length >> (8 * i));
            }
        }
        for (byte[] part : parts) {
            value.writeBytes(part);
        }
        return value.toByteArray();
    }

    private static InvalidKeySpecException refused(String why) {
        return new InvalidKeySpecException("the private key " + why);
    }

    /** Without a cause, whose text may hold parts of the key. */
    static InvalidKeySpecException unreadable() {
        return refused("is not readable; it must be RSA, EC with a named curve, or Ed25519");
    }
}
