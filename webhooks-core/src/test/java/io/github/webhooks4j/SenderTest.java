package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Capture;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.Captures;
import io.github.webhooks4j.engine.Sender;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.signing.AccessTokens;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.TokenExchange;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What goes wrong before and while a request is sent. */
class SenderTest {
    private final FakeTransport transport = new FakeTransport();

    private Attempt send(Signer signer) {
        ManualClock clock = new ManualClock();
        EgressPolicy policy = EgressPolicy.strict();
        Sender sender = new Sender(
                transport, new StoreClock(clock), clock, Duration.ofSeconds(15), new Captures(Capture.FAILURES), "n");
        Webhook webhook = SteppedClient.webhook("a", "*").build();
        Subscription subscription = new Subscription(
                (WebhookSettings) webhook,
                List.of(signer),
                PayloadFormat.standard(),
                Optional.empty(),
                false,
                policy,
                new Extensions(Map.of(), Map.of()));
        StoredEvent event = new StoredEvent(
                UUID.randomUUID(),
                "e",
                Optional.empty(),
                "x",
                Instant.EPOCH,
                "application/json",
                true,
                Map.of(),
                new byte[] {'1'});
        Claim claim = new Claim(UUID.randomUUID(), "a", 1);
        return sender.send(new Claimed(claim, 0, Instant.EPOCH, Instant.EPOCH, event), subscription, () -> true)
                .get(0)
                .attempt();
    }

    @Test
    void interruptedWaitForATokenIsOurs() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        AccessTokens tokens = new AccessTokens((url, headers, body) -> {
            fetching.countDown();
            await(answered);
            return new TokenExchange.Answer(500, new byte[0]);
        });
        Signer signer = tokens.bind(Signer.oauth2("https://login.example.com/token", "me", Secret.of("hush")));
        Thread other = new Thread(() -> {
            try {
                signer.headers(new Message("e", Instant.EPOCH, new byte[0]));
            } catch (RuntimeException e) {
                // As the answer says.
            }
        });
        other.start();
        fetching.await();

        Thread.currentThread().interrupt();
        Attempt attempt = send(signer);
        assertThat(Thread.interrupted()).isTrue();
        answered.countDown();
        other.join();

        assertThat(attempt.failure()).hasValue(Failure.OURS);
        assertThat(transport.requests()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatATransportThrowsIsNotLogged() {
        transport.answerAll(request -> {
            throw new IllegalStateException("hush");
        });
        try (Logged logged = new Logged()) {
            assertThat(send(message -> Map.of()).failure()).hasValue(Failure.INVALID);

            assertThat(logged.lines("IllegalStateException")).hasSize(1);
            assertThat(logged.lines("hush")).isEmpty();
        }
    }
}
