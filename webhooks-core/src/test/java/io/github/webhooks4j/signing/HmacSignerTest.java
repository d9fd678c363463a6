package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HmacSignerTest {
    private static final Secret SECRET = Secret.of("It's a Secret to Everybody");
    private static final byte[] BODY = "Hello, World!".getBytes(UTF_8);
    private static final Message MESSAGE = new Message("evt_1", Instant.ofEpochSecond(1_700_000_000), BODY);

    /** The example in GitHub's documentation, "Validating webhook deliveries". */
    @Test
    void signsAsGitHubDoes() {
        Signer signer = Signer.hmacSha256("X-Hub-Signature-256", SECRET).prefix("sha256=");

        assertThat(signer.headers(MESSAGE))
                .isEqualTo(Map.of(
                        "X-Hub-Signature-256",
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
    }

    @Test
    void signsAsShopifyDoes() throws GeneralSecurityException {
        Signer signer = Signer.hmacSha256("X-Shopify-Hmac-Sha256", SECRET).base64();

        assertThat(signer.headers(MESSAGE))
                .isEqualTo(Map.of(
                        "X-Shopify-Hmac-Sha256", Base64.getEncoder().encodeToString(hmac("HmacSHA256", "", BODY))));
    }

    @Test
    void signsAsStripeDoes() throws GeneralSecurityException {
        Signer signer = Signer.hmacSha256("Stripe-Signature", SECRET).timestamped();

        assertThat(signer.headers(MESSAGE))
                .isEqualTo(Map.of(
                        "Stripe-Signature",
                        "t=1700000000,v1=" + HexFormat.of().formatHex(hmac("HmacSHA256", "1700000000.", BODY))));
    }

    /** RFC 4231, test case 2. */
    @Test
    void sha512IsThatOfTheRfc() {
        Message message = new Message("evt_1", Instant.EPOCH, "what do ya want for nothing?".getBytes(UTF_8));

        assertThat(Signer.hmacSha512(Secret.of("Jefe")).headers(message))
                .isEqualTo(Map.of(
                        "X-Webhook-Signature",
                        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                                + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"));
    }

    @Test
    void orderOfSettingsDoesNotMatter() {
        assertThat(Signer.hmacSha512(SECRET).base64().prefix("p=").header("X-Own"))
                .isEqualTo(
                        Signer.hmacSha512(SECRET).header("X-Own").prefix("p=").base64());
    }

    @Test
    void settingLeavesTheOriginalAsItIs() {
        HmacSigner signer = Signer.hmacSha256(SECRET);

        assertThat(signer.base64()).isNotEqualTo(signer);
        assertThat(signer).isEqualTo(Signer.hmacSha256(SECRET));
    }

    @Test
    void legacyHeaderStandsBesideStandardWebhooks() {
        Signer standard = Signer.standardWebhooks(Secret.random());

        assertThat(StoredSigner.headerNames(standard))
                .doesNotContainAnyElementsOf(StoredSigner.headerNames(Signer.hmacSha256(SECRET)));
    }

    private static byte[] hmac(String algorithm, String before, byte[] body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(SECRET.reveal().getBytes(UTF_8), algorithm));
        mac.update(before.getBytes(UTF_8));
        return mac.doFinal(body);
    }
}
