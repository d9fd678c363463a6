package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and signatures of the asymmetric scheme, against the Ed25519 of Bouncy Castle. */
class Ed25519KeyTest {
    private static final Message MESSAGE =
            new Message("evt_1", Instant.ofEpochSecond(1_700_000_000), "{\"a\":\"\u00e9\"}".getBytes(UTF_8));

    private final Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(new SecureRandom());

    @Test
    void vectorsAreThere() {
        assertThat(SignatureVector.asymmetric()).hasSize(2);
    }

    @Test
    void signatureIsThatOfOtherImplementations() {
        SignatureVector vector = SignatureVector.asymmetric()
                .filter(v -> v.privateKey() != null)
                .findFirst()
                .orElseThrow();
        Secret secret = Secret.of(vector.privateKey());

        assertThat(Signer.standardWebhooks(secret).headers(vector.message()))
                .isEqualTo(Map.of("webhook-signature", vector.signature()));
        assertThat(secret.publicKey()).isEqualTo(vector.publicKey());
    }

    @RepeatedTest(20)
    void everyEncodingOfAPrivateKeyMakesTheSameSignature() throws IOException {
        byte[] seed = key.getEncoded();
        byte[] both = Arrays.copyOf(seed, 64);
        System.arraycopy(key.generatePublicKey().getEncoded(), 0, both, 32, 32);
        byte[] pkcs8WithPublicKey =
                PrivateKeyInfoFactory.createPrivateKeyInfo(key).getEncoded();
        byte[] pkcs8 = concat("302e020100300506032b657004220420", seed);

        String expected = "v1a," + base64(bouncyCastle(MESSAGE));
        for (byte[] encoding : new byte[][] {seed, both, pkcs8, pkcs8WithPublicKey}) {
            Secret secret = Secret.of("whsk_" + base64(encoding));
            assertThat(StoredSigner.problems(Signer.standardWebhooks(secret))).isEmpty();
            assertThat(Signer.standardWebhooks(secret).headers(MESSAGE)).containsValue(expected);
            assertThat(secret.publicKey())
                    .isEqualTo("whpk_" + base64(key.generatePublicKey().getEncoded()));
        }
    }

    @RepeatedTest(20)
    void signatureOfARandomKeyVerifiesElsewhere() {
        Secret secret = Secret.randomEd25519();
        byte[] signature = Base64.getDecoder()
                .decode(Signer.standardWebhooks(secret)
                        .headers(MESSAGE)
                        .getOrDefault("webhook-signature", "")
                        .substring("v1a,".length()));
        byte[] publicKey = Base64.getDecoder().decode(secret.publicKey().substring("whpk_".length()));

        Ed25519Signer verifier = new Ed25519Signer();
        verifier.init(false, new org.bouncycastle.crypto.params.Ed25519PublicKeyParameters(publicKey));
        verifier.update(signed(MESSAGE), 0, signed(MESSAGE).length);

        assertThat(verifier.verifySignature(signature)).isTrue();
    }

    @Test
    void verifierTakesBothEncodingsOfAPublicKey() throws IOException {
        byte[] spki = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key.generatePublicKey())
                .getEncoded();
        byte[] raw = key.generatePublicKey().getEncoded();

        for (byte[] encoding : new byte[][] {raw, spki}) {
            byte[] prefix = "evt_1.1700000000.".getBytes(UTF_8);
            assertThat(Ed25519Key.verify(
                            Ed25519Key.verificationKey(Secret.of("whpk_" + base64(encoding))),
                            prefix,
                            MESSAGE.body(),
                            bouncyCastle(MESSAGE)))
                    .isTrue();
        }
    }

    static Stream<Arguments> refused() {
        byte[] seed = new byte[32];
        byte[] wrongHalves = new byte[64];
        return Stream.of(
                argumentSet("prefix alone", "whsk_", "PKCS#8"),
                argumentSet("31 bytes", "whsk_" + base64(new byte[31]), "PKCS#8"),
                argumentSet("33 bytes", "whsk_" + base64(new byte[33]), "PKCS#8"),
                argumentSet("65 bytes", "whsk_" + base64(new byte[65]), "PKCS#8"),
                argumentSet("halves of two keys", "whsk_" + base64(wrongHalves), "not that of its private key"),
                argumentSet("trailing NUL", "whsk_" + base64(seed) + "\u0000", "standard base64"),
                argumentSet("no padding", "whsk_" + base64(seed).replace("=", ""), "standard base64"),
                argumentSet(
                        "PKCS#8 of X25519",
                        "whsk_" + base64(concat("302e020100300506032b656e04220420", seed)),
                        "Ed25519 private key"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void privateKeyOfAnotherFormIsAProblem(String text, String words) {
        assertThat(StoredSigner.problems(Signer.standardWebhooks(Secret.of(text))))
                .singleElement()
                .asString()
                .contains(words);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void problemDoesNotContainTheKey(String text, String words) {
        assertThat(StoredSigner.problems(Signer.standardWebhooks(Secret.of(text)))
                        .toString())
                .doesNotContain("AAAA");
    }

    @Test
    void symmetricSecretHasNoPublicKey() {
        assertThatThrownBy(() ->
                        Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").publicKey())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whsk_")
                .hasMessageNotContaining("MfKQ");
    }

    private byte[] bouncyCastle(Message message) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(signed(message), 0, signed(message).length);
        return signer.generateSignature();
    }

    private static byte[] signed(Message message) {
        return ("evt_1.1700000000." + new String(message.body(), UTF_8)).getBytes(UTF_8);
    }

    private static byte[] concat(String hex, byte[] rest) {
        byte[] first = java.util.HexFormat.of().parseHex(hex);
        byte[] all = Arrays.copyOf(first, first.length + rest.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
