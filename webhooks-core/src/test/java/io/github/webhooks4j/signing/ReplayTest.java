package io.github.webhooks4j.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.signing.VerificationException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final byte[] BODY = "{\"amount\":1}".getBytes(UTF_8);

    private final Secret secret = Secret.random();
    private Instant now = Instant.ofEpochSecond(1_700_000_000);
    private final Verifier plain = Verifier.standardWebhooks(() -> now, secret);
    private final Verifier verifier = plain.refusingReplays();

    @Test
    void refusesTheSameMessageAgain() throws VerificationException {
        receive(verifier, "evt_1", now);

        assertRefused("evt_1", now, Reason.REPLAYED);
    }

    @Test
    void acceptsAnAttemptThatTheSenderRepeats() throws VerificationException {
        receive(verifier, "evt_1", now);

        assertThat(receive(verifier, "evt_1", now.plusSeconds(5)).id()).isEqualTo("evt_1");
    }

    @Test
    void acceptsAnotherMessageOfTheSameSecond() throws VerificationException {
        receive(verifier, "evt_1", now);

        assertThat(receive(verifier, "evt_2", now).id()).isEqualTo("evt_2");
    }

    /** A message from five minutes ahead can be replayed for ten. */
    @Test
    void remembersAsLongAsAMessageCouldBeAccepted() throws VerificationException {
        Instant sent = now.plusSeconds(300);
        receive(verifier, "evt_1", sent);

        now = now.plusSeconds(599);
        assertRefused("evt_1", sent, Reason.REPLAYED);
        now = now.plusSeconds(2);
        assertRefused("evt_1", sent, Reason.TOO_OLD);
    }

    @Test
    void forgedMessageDoesNotShutOutTheTrueOne() throws VerificationException {
        assertThatThrownBy(() -> verifier.verify("forged".getBytes(UTF_8), headers("evt_1", now)::get))
                .isInstanceOf(VerificationException.class);

        assertThat(receive(verifier, "evt_1", now).id()).isEqualTo("evt_1");
    }

    @Test
    void verifierWithoutAMemoryAcceptsTheSameMessageAgain() throws VerificationException {
        receive(plain, "evt_1", now);

        assertThat(receive(plain, "evt_1", now).id()).isEqualTo("evt_1");
    }

    @Test
    void forgetsWhatIsTooOldAnyway() throws VerificationException {
        for (int i = 0; i < 20; i++) {
            receive(verifier, "evt_1", now);
            now = now.plus(Duration.ofMinutes(11));
        }

        assertThat(receive(verifier, "evt_1", now).id()).isEqualTo("evt_1");
    }

    private void assertRefused(String id, Instant timestamp, Reason reason) {
        assertThatThrownBy(() -> receive(verifier, id, timestamp))
                .isInstanceOfSatisfying(
                        VerificationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private Message receive(Verifier by, String id, Instant timestamp) throws VerificationException {
        return by.verify(BODY, headers(id, timestamp)::get);
    }

    private Map<String, String> headers(String id, Instant timestamp) {
        Message message = new Message(id, timestamp, BODY);
        Map<String, String> headers =
                new HashMap<>(Signer.standardWebhooks(secret).headers(message));
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(timestamp.getEpochSecond()));
        return headers;
    }
}
