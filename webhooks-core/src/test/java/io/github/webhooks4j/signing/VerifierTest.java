package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final Secret SECRET = Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private static final Secret OTHER = Secret.of("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    private static final byte[] BODY = "{\"amount\":1}".getBytes(UTF_8);

    private final Verifier verifier = Verifier.standardWebhooks(InstantSource.fixed(NOW), SECRET);
    private final Message message = new Message("evt_1", NOW, BODY);
    private final Map<String, String> headers = headers(message, signature(SECRET, message));

    @Test
    void acceptsASignedMessage() throws VerificationException {
        assertThat(verifier.verify(BODY, headers::get)).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("io.github.webhooks4j.signing.SignatureVector#symmetric")
    void acceptsTheMessagesOfOtherImplementations(SignatureVector vector) throws VerificationException {
        Message received = vector.message();
        Verifier then =
                Verifier.standardWebhooks(InstantSource.fixed(received.timestamp()), Secret.of(vector.secret()));

        assertThat(then.verify(received.body(), headers(received, vector.signature())::get))
                .isEqualTo(received);
    }

    @Test
    void rejectsAChangedBody() {
        assertRejected(() -> verifier.verify("{\"amount\":2}".getBytes(UTF_8), headers::get), "no v1 signature");
    }

    @Test
    void rejectsAnAddedByte() {
        assertRejected(() -> verifier.verify("{\"amount\":1}\n".getBytes(UTF_8), headers::get), "no v1 signature");
    }

    @Test
    void rejectsAChangedId() {
        headers.put("webhook-id", "evt_2");

        assertRejected("no v1 signature");
    }

    /** An old body that begins with digits and a dot would otherwise pass as a fresh message with another id. */
    @Test
    void rejectsAnOldMessageThatIsCutDifferently() {
        Message old =
                new Message("evt_1", NOW.minusSeconds(1_000_000), (NOW.getEpochSecond() + ".pay").getBytes(UTF_8));
        headers.put("webhook-id", "evt_1." + old.timestamp().getEpochSecond());
        headers.put("webhook-timestamp", Long.toString(NOW.getEpochSecond()));
        headers.put("webhook-signature", signature(SECRET, old));

        assertRejected(() -> verifier.verify("pay".getBytes(UTF_8), headers::get), "contains a dot");
    }

    @Test
    void rejectsAChangedTimestamp() {
        headers.put("webhook-timestamp", "1700000001");

        assertRejected("no v1 signature");
    }

    @Test
    void rejectsTheSignatureOfAnotherSecret() {
        headers.put("webhook-signature", signature(OTHER, message));

        assertRejected("no v1 signature");
    }

    @ParameterizedTest
    @ValueSource(longs = {-300, -1, 0, 299, 300})
    void acceptsAMessageOfUpToFiveMinutes(long seconds) throws VerificationException {
        Message received = new Message("evt_1", NOW.plusSeconds(seconds), BODY);

        assertThat(verifier.verify(BODY, headers(received, signature(SECRET, received))::get))
                .isEqualTo(received);
    }

    @Test
    void rejectsAnOldMessage() {
        Message received = new Message("evt_1", NOW.minusSeconds(301), BODY);

        assertRejected(
                () -> verifier.verify(BODY, headers(received, signature(SECRET, received))::get),
                "301 s behind this machine's clock");
    }

    @Test
    void rejectsAMessageFromTheFuture() {
        Message received = new Message("evt_1", NOW.plusSeconds(301), BODY);

        assertRejected(
                () -> verifier.verify(BODY, headers(received, signature(SECRET, received))::get),
                "301 s ahead of this machine's clock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " 1700000000",
                "1700000000.0",
                "+1700000000",
                "-1",
                "0x1",
                "170000000000",
                "99999999999999999999",
                "2023-11-14T22:13:20Z",
                "\u0661\u0667"
            })
    void rejectsATimestampThatIsNotWholeSeconds(String timestamp) {
        headers.put("webhook-timestamp", timestamp);

        assertRejected("not a whole number of seconds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void rejectsAMessageWithoutAHeader(String name) {
        headers.remove(name);

        assertRejected("the header " + name + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void rejectsAnEmptyHeader(String name) {
        headers.put(name, "");

        assertRejected("the header " + name + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void rejectsAnEndlessHeader(String name) {
        headers.put(name, "1".repeat(8193));

        assertRejected("the header " + name + " is longer than 8192");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"garbage", "v1", "v1,", "v1,=", "v1,?!*", "v1,g0hM9SsE", "v1,\u00e9\u00e9\u00e9\u00e9", ",", " "
            })
    void rejectsGarbage(String signature) {
        headers.put("webhook-signature", signature);

        assertRejected("no v1 signature");
    }

    @Test
    void rejectsAnotherFormOfTheSameSignature() {
        headers.put("webhook-signature", signature(SECRET, message).replace("=", ""));

        assertRejected("no v1 signature");
    }

    @Test
    void reasonCanBeBranchedOn() {
        headers.remove("webhook-id");

        assertThatThrownBy(() -> verifier.verify(BODY, headers::get))
                .isInstanceOfSatisfying(
                        VerificationException.class,
                        e -> assertThat(e.reason()).isEqualTo(VerificationException.Reason.MISSING_HEADER));
    }

    @Test
    void refusesMoreKeysThanASenderSignsWith() {
        Secret[] many = Stream.generate(Secret::random).limit(12).toArray(Secret[]::new);

        assertThatThrownBy(() -> Verifier.standardWebhooks(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1a,", "v2,", "V1,", ""})
    void rejectsTheSignatureUnderAnotherScheme(String scheme) {
        headers.put("webhook-signature", signature(SECRET, message).replace("v1,", scheme));

        assertRejected("no v1 signature");
    }

    @Test
    void acceptsAnyOfSeveralSignatures() throws VerificationException {
        headers.put(
                "webhook-signature",
                "v1a,AAAA v1,garbage! " + signature(OTHER, message) + " " + signature(SECRET, message));

        assertThat(verifier.verify(BODY, headers::get)).isEqualTo(message);
    }

    @Test
    void acceptsTwentySignatures() throws VerificationException {
        headers.put("webhook-signature", "v1,AAAA ".repeat(19) + signature(SECRET, message));

        assertThat(verifier.verify(BODY, headers::get)).isEqualTo(message);
    }

    @Test
    void rejectsMoreThanTwentySignatures() {
        headers.put("webhook-signature", signature(SECRET, message) + " v1,AAAA".repeat(20));

        assertRejected("more than 20 signatures");
    }

    @Test
    void acceptsTheSignatureOfAnySecret() throws VerificationException {
        Verifier rotating = Verifier.standardWebhooks(InstantSource.fixed(NOW), OTHER, SECRET);

        assertThat(rotating.verify(BODY, headers::get)).isEqualTo(message);
    }

    @Test
    void reasonDoesNotContainTheSignature() {
        Message received = new Message("evt_2", NOW, BODY);
        headers.put("webhook-signature", signature(SECRET, received));

        assertThatThrownBy(() -> verifier.verify(BODY, headers::get))
                .hasMessageNotContaining(signature(SECRET, received).substring("v1,".length()));
    }

    @Test
    void needsASecret() {
        assertThatThrownBy(Verifier::standardWebhooks)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("secrets is empty");
    }

    @Test
    void refusesASecretThatIsNoKey() {
        assertThatThrownBy(() -> Verifier.standardWebhooks(SECRET, Secret.of("hush-hush")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hush");
    }

    private void assertRejected(String words) {
        assertRejected(() -> verifier.verify(BODY, headers::get), words);
    }

    private static void assertRejected(ThrowingCallable verification, String words) {
        assertThatThrownBy(verification)
                .isInstanceOf(VerificationException.class)
                .hasMessageContaining(words);
    }

    private static String signature(Secret secret, Message message) {
        return Signer.standardWebhooks(secret).headers(message).getOrDefault("webhook-signature", "");
    }

    private static Map<String, String> headers(Message message, String signature) {
        Map<String, String> headers = new HashMap<>();
        headers.put("webhook-id", message.id());
        headers.put("webhook-timestamp", String.valueOf(message.timestamp().getEpochSecond()));
        headers.put("webhook-signature", signature);
        return headers;
    }
}
