package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
    private static final Instant START = Instant.parse("2026-01-15T12:00:00Z");
    private static final byte[] BODY = "{\"a\":1}".getBytes(UTF_8);
    private static final Duration HOUR = Duration.ofHours(1);

    /**
     * A sender that rotates at random, and now and then sets a secret from before again, and a receiver for each secret that
     * ever was: at any moment, a receiver verifies if and only if its secret has not ended. Some secrets are Ed25519 keys, so
     * that both schemes overlap.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void receiverVerifiesExactlyUntilItsSecretEnds(long seed) {
        Random random = new Random(seed);
        Instant now = START;
        Secret first = Secret.random();
        Secret current = first;
        Signer signer = Signer.standardWebhooks(current);
        Map<Secret, Instant> ends = new LinkedHashMap<>();
        ends.put(current, Instant.MAX);
        for (int step = 0; step < 60; step++) {
            now = now.plusSeconds(random.nextInt(30 * 3600));
            if (random.nextInt(3) == 0) {
                Secret next = random.nextInt(4) == 0 ? Secret.randomEd25519() : Secret.random();
                Duration grace = Duration.ofHours(random.nextInt(4) == 0 ? 0 : random.nextInt(7 * 24 + 1));
                signer = StoredSigner.rotated(signer, next, now, grace);
                signer = StoredSigner.of(signer).orElseThrow().restore(); // as from a row
                ends.put(current, now.plus(grace));
                if (grace.isZero()) {
                    Instant compromised = now;
                    ends.replaceAll((secret, end) -> end.isBefore(compromised) ? end : compromised);
                }
                ends.put(next, Instant.MAX);
                current = next;
            }
            List<Secret> lately = new ArrayList<>(ends.keySet()).subList(Math.max(0, ends.size() - 10), ends.size());
            Secret set = random.nextBoolean() ? first : lately.get(random.nextInt(lately.size()));
            signer = StoredSigner.over(Signer.standardWebhooks(set), signer);
            for (Map.Entry<Secret, Instant> receiver : ends.entrySet()) {
                assertThat(verifies(receiver.getKey(), signer, now))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(now.isBefore(receiver.getValue()));
            }
        }
    }

    @Test
    void oldSecretEndsAtTheMomentItSays() {
        Secret old = Secret.random();
        Signer signer = StoredSigner.rotated(Signer.standardWebhooks(old), Secret.random(), START, HOUR);

        assertThat(verifies(old, signer, START.plus(HOUR).minusMillis(1))).isTrue();
        assertThat(verifies(old, signer, START.plus(HOUR))).isFalse();
    }

    @Test
    void currentSecretSignsFirst() {
        Secret next = Secret.random();
        Signer signer = StoredSigner.rotated(Signer.standardWebhooks(Secret.random()), next, START, HOUR);
        Message message = new Message("evt_1", START, BODY);

        assertThat(signatures(signer, message)).hasSize(2);
        assertThat(signatures(signer, message)[0]).isEqualTo(signatures(Signer.standardWebhooks(next), message)[0]);
    }

    @Test
    void elevenSecretsSignTogether() {
        Signer signer = rotatedTimes(10);

        assertThat(signatures(signer, new Message("evt_1", START, BODY))).hasSize(11);
    }

    @Test
    void twelfthSecretWaitsForOneToEnd() {
        Signer signer = rotatedTimes(10);

        assertThatThrownBy(() -> StoredSigner.rotated(signer, Secret.random(), START, HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10 old secrets have not ended");
        assertThat(StoredSigner.rotated(signer, Secret.random(), START.plus(HOUR), HOUR))
                .isNotNull();
    }

    @Test
    void noGraceEndsEveryOldSecret() {
        Signer signer = StoredSigner.rotated(rotatedTimes(10), Secret.random(), START, Duration.ZERO);

        assertThat(signatures(signer, new Message("evt_1", START, BODY))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1S", "P7DT1S"})
    void graceIsAtMostSevenDays(Duration grace) {
        Signer signer = Signer.standardWebhooks(Secret.random());

        assertThatThrownBy(() -> StoredSigner.rotated(signer, Secret.random(), START, grace))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zero to 7 days");
    }

    @Test
    void secretThatStillSignsIsNoNewOne() {
        Secret first = Secret.random();
        Signer signer = StoredSigner.rotated(Signer.standardWebhooks(first), Secret.random(), START, HOUR);

        assertThatThrownBy(() -> StoredSigner.rotated(signer, first, START, HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in use before");
    }

    @Test
    void secretThatCannotSignIsNoNewOne() {
        Signer signer = Signer.standardWebhooks(Secret.random());

        assertThatThrownBy(() -> StoredSigner.rotated(signer, Secret.of("hush-hush"), START, HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whsec_")
                .hasMessageNotContaining("hush");
    }

    @Test
    void freshSecretIsOfTheSameScheme() {
        assertThat(StoredSigner.freshSecret(Signer.standardWebhooks(Secret.random()))
                        .orElseThrow()
                        .reveal())
                .startsWith("whsec_");
        assertThat(StoredSigner.freshSecret(Signer.standardWebhooks(Secret.randomEd25519()))
                        .orElseThrow()
                        .reveal())
                .startsWith("whsk_");
        assertThat(StoredSigner.freshSecret(Signer.bearer(Secret.of("token")))).isEmpty();
    }

    @Test
    void headerOfOneValueCannotOverlap() {
        Signer signer = Signer.hmacSha256(Secret.of("secret-one"));

        assertThat(StoredSigner.overlaps(signer)).isFalse();
        assertThatThrownBy(() -> StoredSigner.rotated(signer, Secret.of("secret-two"), START, HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has room for one signature")
                .hasMessageContaining("grace zero");
        assertThat(StoredSigner.rotated(signer, Secret.of("secret-two"), START, Duration.ZERO))
                .extracting(rotated -> rotated.headers(new Message("evt_1", START, BODY)))
                .isEqualTo(Signer.hmacSha256(Secret.of("secret-two")).headers(new Message("evt_1", START, BODY)));
    }

    @Test
    void secretThatIsTooShortTodayCanBeRotatedAway() {
        Signer weak = Signer.hmacSha256(Secret.of("weak"));
        assertThat(StoredSigner.problems(weak)).hasSize(1);

        Signer rotated = StoredSigner.rotated(weak, Secret.of("secret-two"), START, Duration.ZERO);

        assertThat(StoredSigner.problems(rotated)).isEmpty();
    }

    @Test
    void timestampedHeaderHoldsOneValueForEachSecret() {
        Signer signer = StoredSigner.rotated(
                Signer.hmacSha256(Secret.of("secret-one")).timestamped(), Secret.of("secret-two"), START, HOUR);
        Message message = new Message("evt_1", START, BODY);
        Message later = new Message("evt_1", START.plus(HOUR), BODY);

        assertThat(StoredSigner.overlaps(signer)).isTrue();
        assertThat(signer.headers(message).toString()).containsPattern("t=\\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}}");
        assertThat(signer.headers(later).toString()).containsPattern("t=\\d+,v1=[0-9a-f]{64}}");
    }

    @Test
    void tokenOfTheReceiverIsNotRotated() {
        assertThat(StoredSigner.overlaps(Signer.bearer(Secret.of("token")))).isFalse();
        assertThatThrownBy(() -> StoredSigner.rotated(Signer.bearer(Secret.of("token")), Secret.random(), START, HOUR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set another signer");
    }

    @Test
    void endedSecretSignsByNoClock() {
        Secret old = Secret.random();
        Signer signer = StoredSigner.rotated(Signer.standardWebhooks(old), Secret.random(), START, Duration.ZERO);

        assertThat(verifies(old, signer, START.minus(HOUR))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT1S", "PT12H", "P2D"})
    void secretThatTheApplicationSetIsRememberedLongest(Duration grace) {
        Secret first = Secret.random();
        Signer signer = Signer.standardWebhooks(first);
        for (int i = 0; i < 40; i++) {
            signer = StoredSigner.rotated(signer, Secret.random(), START.plus(Duration.ofDays(i)), grace);
            signer = StoredSigner.of(signer).orElseThrow().restore();

            assertThat(StoredSigner.over(Signer.standardWebhooks(first), signer))
                    .isSameAs(signer);
        }
    }

    @Test
    void secretThatNeverWasReplacesAllKeys() {
        Signer stored = rotatedTimes(3);
        Signer set = Signer.standardWebhooks(Secret.random());

        assertThat(StoredSigner.over(set, stored)).isSameAs(set);
    }

    @Test
    void signerOfAnotherFormReplacesAllKeys() {
        Secret secret = Secret.random();
        Signer stored = StoredSigner.rotated(Signer.hmacSha256(secret), Secret.random(), START, Duration.ZERO);

        assertThat(StoredSigner.over(Signer.hmacSha256(secret), stored)).isSameAs(stored);
        for (Signer set : List.of(
                Signer.hmacSha512(secret),
                Signer.hmacSha256("X-Other", secret),
                Signer.hmacSha256(secret).base64(),
                Signer.standardWebhooks(secret),
                Signer.bearer(secret))) {
            assertThat(StoredSigner.over(set, stored)).isSameAs(set);
        }
    }

    private static Signer rotatedTimes(int times) {
        Signer signer = Signer.standardWebhooks(Secret.random());
        for (int i = 0; i < times; i++) {
            signer = StoredSigner.rotated(signer, Secret.random(), START, HOUR);
        }
        return signer;
    }

    private static String[] signatures(Signer signer, Message message) {
        return signer.headers(message).getOrDefault("webhook-signature", "").split(" ", -1);
    }

    private static boolean verifies(Secret secret, Signer signer, Instant now) {
        Message message = new Message("evt_1", now, BODY);
        Map<String, String> headers = new LinkedHashMap<>(signer.headers(message));
        headers.put("webhook-id", message.id());
        headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
        boolean asymmetric = secret.reveal().startsWith("whsk_");
        Secret key = asymmetric ? Secret.of(secret.publicKey()) : secret;
        try {
            Verifier.standardWebhooks(InstantSource.fixed(now), key).verify(BODY, headers::get);
            return true;
        } catch (VerificationException e) {
            assertThat(e.reason()).isEqualTo(VerificationException.Reason.NO_MATCH);
            return false;
        }
    }
}
