package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignerTest {
    private static final byte[] BODY = "{\"a\":\"\u00e9\"}".getBytes(UTF_8);
    private static final Message MESSAGE = new Message("evt_1", Instant.ofEpochSecond(1_700_000_000), BODY);

    @Test
    void vectorsAreThere() {
        assertThat(SignatureVector.symmetric()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("io.github.webhooks4j.signing.SignatureVector#symmetric")
    void standardWebhooksSignatureIsThatOfOtherImplementations(SignatureVector vector) {
        Signer signer = Signer.standardWebhooks(Secret.of(vector.secret()));

        assertThat(signer.headers(vector.message())).isEqualTo(Map.of("webhook-signature", vector.signature()));
    }

    @Test
    void standardWebhooksSignsWholeSeconds() {
        Signer signer = Signer.standardWebhooks(Secret.random());
        Message later = new Message("evt_1", Instant.ofEpochSecond(1_700_000_000, 999_999_999), BODY);

        assertThat(signer.headers(later)).isEqualTo(signer.headers(MESSAGE));
    }

    @Test
    void standardWebhooksSignsBytesThatAreNoText() throws GeneralSecurityException {
        byte[] body = {0, (byte) 0xff, (byte) 0xc3, '.'};
        byte[] key = new byte[24];
        Signer signer =
                Signer.standardWebhooks(Secret.of("whsec_" + Base64.getEncoder().encodeToString(key)));
        byte[] signed = concat("evt_1.1700000000.".getBytes(UTF_8), body);

        assertThat(signer.headers(new Message("evt_1", MESSAGE.timestamp(), body)))
                .containsEntry("webhook-signature", "v1," + Base64.getEncoder().encodeToString(hmac(key, signed)));
    }

    @Test
    void standardWebhooksRefusesToSignWithoutAKey() {
        Signer signer = Signer.standardWebhooks(Secret.of("whsec_c2hvcnQ="));

        assertThatThrownBy(() -> signer.headers(MESSAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24 to 64 bytes")
                .hasMessageNotContaining("c2hvcnQ");
    }

    @Test
    void standardWebhooksNeedsASecret() {
        assertThatThrownBy(() -> Signer.standardWebhooks(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void hmacIsLowerCaseHexOverTheBodyAlone() throws GeneralSecurityException {
        String expected = HexFormat.of().formatHex(hmac("p\u00e4ss".getBytes(UTF_8), BODY));

        assertThat(Signer.hmacSha256(Secret.of("p\u00e4ss")).headers(MESSAGE))
                .isEqualTo(Map.of("X-Webhook-Signature", expected));
    }

    /** RFC 4231, test case 2. */
    @Test
    void hmacIsThatOfTheRfc() {
        Message message = new Message("evt_1", Instant.EPOCH, "what do ya want for nothing?".getBytes(UTF_8));

        assertThat(Signer.hmacSha256(Secret.of("Jefe")).headers(message))
                .containsValue("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void hmacTakesAHeaderOfTheCallersChoice() {
        assertThat(Signer.hmacSha256("X-Own", Secret.of("s-secret")).headers(MESSAGE))
                .containsOnlyKeys("X-Own");
    }

    @Test
    void bearerSendsTheTokenAsItIs() {
        assertThat(Signer.bearer(Secret.of("abc.DEF-1~+/=")).headers(MESSAGE))
                .isEqualTo(Map.of("Authorization", "Bearer abc.DEF-1~+/="));
    }

    /** RFC 7617, sections 2 and 2.1. */
    @Test
    void basicEncodesUserAndPasswordInUtf8() {
        assertThat(Signer.basic("test", Secret.of("123\u00a3")).headers(MESSAGE))
                .isEqualTo(Map.of("Authorization", "Basic dGVzdDoxMjPCow=="));
    }

    @Test
    void basicPasswordMayHoldAColon() {
        String credentials = Base64.getEncoder().encodeToString("u:a:b".getBytes(UTF_8));

        assertThat(Signer.basic("u", Secret.of("a:b")).headers(MESSAGE)).containsValue("Basic " + credentials);
    }

    @Test
    void nameOfASignerDoesNotSign() {
        assertThatThrownBy(() -> Signer.custom("mine").headers(MESSAGE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("signer(\"mine\"");
    }

    private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
