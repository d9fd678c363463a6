package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.signing.VerificationException.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsymmetricVerifierTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final byte[] BODY = "{\"amount\":1}".getBytes(UTF_8);

    private final Secret privateKey = Secret.randomEd25519();
    private final Secret publicKey = Secret.of(privateKey.publicKey());
    private final Verifier verifier = Verifier.standardWebhooks(InstantSource.fixed(NOW), publicKey);
    private final Message message = new Message("evt_1", NOW, BODY);
    private final Map<String, String> headers = headers(message, privateKey);

    @Test
    void acceptsASignedMessage() throws VerificationException {
        assertThat(verifier.verify(BODY, headers::get)).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("io.github.webhooks4j.signing.SignatureVector#asymmetric")
    void acceptsTheMessagesOfOtherImplementations(SignatureVector vector) throws VerificationException {
        Message received = vector.message();
        Map<String, String> of = headers(received, privateKey);
        of.put("webhook-signature", vector.signature());
        Verifier then =
                Verifier.standardWebhooks(InstantSource.fixed(received.timestamp()), Secret.of(vector.publicKey()));

        assertThat(then.verify(received.body(), of::get)).isEqualTo(received);
    }

    @Test
    void acceptsTheSignatureOfAnyKey() throws VerificationException {
        Verifier rotating = Verifier.standardWebhooks(
                InstantSource.fixed(NOW), Secret.of(Secret.randomEd25519().publicKey()), publicKey);

        assertThat(rotating.verify(BODY, headers::get)).isEqualTo(message);
    }

    @Test
    void rejectsEveryChangedBit() {
        byte[] body = BODY.clone();
        for (int bit = 0; bit < body.length * 8; bit++) {
            body[bit / 8] ^= (byte) (1 << bit % 8);
            assertRejected(body, "matches the message");
            body[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void rejectsAChangedId() {
        headers.put("webhook-id", "evt_2");

        assertRejected(BODY, "matches the message");
    }

    @Test
    void rejectsAChangedTimestamp() {
        headers.put("webhook-timestamp", "1700000001");

        assertRejected(BODY, "matches the message");
    }

    @Test
    void rejectsTheSignatureOfAnotherKey() {
        headers.putAll(headers(message, Secret.randomEd25519()));

        assertRejected(BODY, "matches the message");
    }

    /** The public key is known to everybody: were it taken for a secret, everybody could sign. */
    @Test
    void rejectsASymmetricSignatureUnderThePublicKey() {
        byte[] known = Base64.getDecoder().decode(publicKey.reveal().substring("whpk_".length()));
        Secret asSecret = Secret.of("whsec_" + Base64.getEncoder().encodeToString(known));
        headers.putAll(headers(message, asSecret));
        assertRejected(BODY, "there is no v1a signature");

        headers.computeIfPresent("webhook-signature", (name, value) -> value.replace("v1,", "v1a,"));
        assertRejected(BODY, "matches the message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1a,", "v1a,=", "v1a,AAAA", "v1a,?", "v1a,\u00e9\u00e9\u00e9\u00e9"})
    void rejectsGarbage(String signature) {
        headers.put("webhook-signature", signature);

        assertRejected(BODY, "matches the message");
    }

    @Test
    void rejectsAnotherFormOfTheSameSignature() {
        headers.computeIfPresent("webhook-signature", (name, value) -> value.replaceAll("=+$", ""));

        assertRejected(BODY, "matches the message");
    }

    static Stream<Arguments> unusable() {
        String raw = Base64.getEncoder().encodeToString(new byte[31]);
        byte[] noPoint = new byte[32];
        noPoint[0] = 2;
        return Stream.of(
                argumentSet("31 bytes", "whpk_" + raw, "Ed25519 public key"),
                argumentSet("nothing", "whpk_", "Ed25519 public key"),
                argumentSet("not base64", "whpk_hush hush", "standard base64"),
                argumentSet(
                        "no point of the curve", "whpk_" + Base64.getEncoder().encodeToString(noPoint), "curve"),
                argumentSet("private key", Secret.randomEd25519().reveal(), "does not belong to a receiver"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void refusesWhatIsNoPublicKey(String text, String words) {
        assertThatThrownBy(() -> Verifier.standardWebhooks(Secret.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("hush")
                .hasMessageNotContaining(text.length() > 10 ? text : "\u0000");
    }

    @Test
    void refusesKeysOfBothSchemes() {
        assertThatThrownBy(() -> Verifier.standardWebhooks(Secret.random(), publicKey))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("make a second verifier");
    }

    private void assertRejected(byte[] body, String words) {
        assertThatThrownBy(() -> verifier.verify(body, headers::get))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_MATCH))
                .hasMessageContaining(words);
    }

    private static Map<String, String> headers(Message message, Secret secret) {
        Map<String, String> headers =
                new HashMap<>(Signer.standardWebhooks(secret).headers(message));
        headers.put("webhook-id", message.id());
        headers.put("webhook-timestamp", String.valueOf(message.timestamp().getEpochSecond()));
        return headers;
    }
}
