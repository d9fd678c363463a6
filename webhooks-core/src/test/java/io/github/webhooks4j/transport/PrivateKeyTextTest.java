package io.github.webhooks4j.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.signing.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Private keys in the forms in which OpenSSL 3.0 and OpenSSH write them. */
class PrivateKeyTextTest {
    private static String file(String name) {
        try (InputStream in = PrivateKeyTextTest.class.getResourceAsStream(name + ".pem")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TlsSettings identity(String certificate, String key) {
        return TlsSettings.standard().clientCertificate(certificate, Secret.of(key));
    }

    private static Key key(TlsSettings settings) throws GeneralSecurityException {
        return settings.clientKeys().orElseThrow().getKey("client", new char[0]);
    }

    @ParameterizedTest
    @CsvSource({"ec, sec1", "ec, pkcs8", "ec, pkcs12-nodes", "ec384, sec1", "rsa, pkcs1", "rsa, pkcs8"})
    void keyIsReadInEachForm(String certificate, String form) throws GeneralSecurityException {
        TlsSettings settings = identity(file(certificate + "-cert"), file(certificate + "-" + form));

        assertThat(settings.problems()).isEmpty();
        assertThat(key(settings).getAlgorithm()).isEqualTo(certificate.startsWith("ec") ? "EC" : "RSA");
    }

    @Test
    void oneKeyIsTheSameInEachForm() throws GeneralSecurityException {
        String rsa = file("rsa-cert");
        assertThat(key(identity(rsa, file("rsa-pkcs1")))).isEqualTo(key(identity(rsa, file("rsa-pkcs8"))));
        for (String form : List.of("ec-sec1", "ec-pkcs12-nodes")) {
            assertThat(number(form)).isEqualTo(number("ec-pkcs8"));
        }
    }

    /** The number that is the key. */
    private static BigInteger number(String form) throws GeneralSecurityException {
        return ((ECPrivateKey) key(identity(file("ec-cert"), file(form)))).getS();
    }

    static Stream<Arguments> around() {
        String key = file("ec-pkcs8");
        return Stream.of(
                argumentSet("a comment", "# the key of the shop\n" + key),
                argumentSet("the certificate before", file("ec-cert") + key),
                argumentSet("the certificate behind", key + file("ec-cert")),
                argumentSet("Windows", "Bag Attributes\r\n    friendlyName: x\r\n" + key.replace("\n", "\r\n")),
                argumentSet("spaces", "   " + key + "\n \n"));
    }

    @ParameterizedTest
    @MethodSource("around")
    void whatStandsAroundTheKeyIsIgnored(String text) {
        assertThat(identity(file("ec-cert"), text).problems()).isEmpty();
    }

    static Stream<Arguments> refused() {
        String key = file("ec-pkcs8");
        String sec1 = file("ec-sec1");
        String decrypt = "is encrypted; decrypt it with: openssl pkey -in FILE -out key.pem";
        return Stream.of(
                argumentSet("PKCS#8, encrypted", file("ec-encrypted"), decrypt),
                argumentSet("PKCS#1, encrypted", file("rsa-pkcs1-encrypted"), decrypt),
                argumentSet("OpenSSH", file("rsa-openssh"), "ssh-keygen -p -N '' -m PKCS8 -f COPY"),
                argumentSet("no PEM", "hush", "has no line -----BEGIN PRIVATE KEY-----"),
                argumentSet("a certificate", file("ec-cert"), "has no line -----BEGIN PRIVATE KEY-----"),
                argumentSet("empty", "", "has no line -----BEGIN PRIVATE KEY-----"),
                argumentSet("cut off", key.substring(0, 120), "has no line -----END PRIVATE KEY-----"),
                argumentSet("another end", key.replace("END", "END RSA"), "has no line -----END PRIVATE KEY-----"),
                argumentSet("two keys", key + sec1, "has another one behind it"),
                argumentSet("one line", key.replace("\n", "\\n"), "has the characters \\n where lines should end"),
                argumentSet("strange characters", key.replace('M', '!'), "is not readable"),
                argumentSet("no key", key.replace("MIGH", "hush"), "is not readable"),
                argumentSet("wrong name", sec1.replace("EC PRIVATE", "RSA PRIVATE"), "is not readable"),
                argumentSet("PKCS#8 as SEC1", key.replace("PRIVATE", "EC PRIVATE"), "is not readable"),
                argumentSet(
                        "cut SEC1",
                        sec1.replaceFirst("(?s)(PRIVATE KEY-----\n.{16}).*\n--", "$1\n--"),
                        "is not readable"),
                argumentSet(
                        "empty SEC1",
                        "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----",
                        "is not readable"),
                argumentSet("DSA", key.replace("PRIVATE", "DSA PRIVATE").replace("MIGH", "MIGG"), "is not readable"),
                argumentSet("too long", key + " ".repeat(64 * 1024), "is longer than 65536 characters"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void otherKeysAreRefusedWithWhatToDoAndWithoutTheText(String text, String words) {
        assertThat(identity(file("ec-cert"), text).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("has a client certificate that cannot be used: the private key ")
                        .contains(words)
                        .doesNotContain("hush", "MIG", "MHc", "MII"));
    }

    @Test
    void keyAmongTheCertificatesIsRefused() {
        String both = file("ec-pkcs12-nodes");
        for (TlsSettings settings : new TlsSettings[] {
            identity(both, file("ec-pkcs8")),
            TlsSettings.standard().trust(both),
            TlsSettings.standard().trust(file("rsa-pkcs1"))
        }) {
            assertThat(settings.problems())
                    .singleElement()
                    .satisfies(
                            problem -> assertThat(problem).contains("there is a private key among the certificates"));
        }
    }
}
