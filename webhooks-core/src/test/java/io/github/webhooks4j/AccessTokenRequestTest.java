package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks whose requests need an access token. */
class AccessTokenRequestTest {
    private static final String TOKEN_URL = "https://login.example.com/token";
    private final SteppedClient node = new SteppedClient().open();

    @AfterEach
    void close() {
        node.close();
    }

    private static Answer token(String token) {
        return new Answer(
                OptionalInt.of(200),
                Optional.empty(),
                ("{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}").getBytes(UTF_8),
                Optional.empty());
    }

    private static Webhook.Builder webhook(String tokenUrl) {
        return SteppedClient.webhook("a", "*").unsigned().signer(Signer.oauth2(tokenUrl, "me", Secret.of("geheim")));
    }

    private void publish() {
        node.client.publish(Event.of("x", 1));
        node.step();
    }

    @Test
    void oneTokenServesManyRequestsUntilItIsRefused() {
        node.client.register(webhook(TOKEN_URL).build());
        node.transport.answer(TOKEN_URL, token("t1"), token("t2"));
        publish();
        publish();
        assertThat(node.transport.requestsTo(TOKEN_URL)).hasSize(1);
        node.transport.answer(SteppedClient.url("a"), Answer.of(401));
        publish();
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.requestsTo("a"))
                .extracting(request -> request.headers().get("Authorization"))
                .containsExactly("Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2");
        Transport.Request request = node.transport.requestsTo(TOKEN_URL).get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.headers()).containsEntry("User-Agent", "webhooks4j");
        assertThat(new String(request.body(), UTF_8)).contains("grant_type=client_credentials");
    }

    @ParameterizedTest
    @EnumSource(names = {"DNS", "CONNECT", "TLS", "TIMEOUT", "PROTOCOL", "DENIED"})
    void attemptFailsAsTheTokenRequestDid(Failure failure) {
        node.client.register(webhook(TOKEN_URL).build());
        node.transport.answer(TOKEN_URL, Answer.failed(failure));
        publish();

        assertThat(node.requestsTo("a")).isEmpty();
        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(failure));
    }

    @Test
    void staleConnectionIsTriedOnceMore() {
        node.client.register(webhook(TOKEN_URL).build());
        node.transport.answer(TOKEN_URL, Answer.failed(Failure.STALE), token("t1"));
        publish();

        assertThat(node.transport.requestsTo(TOKEN_URL))
                .extracting(Transport.Request::onNewConnection)
                .containsExactly(false, true);
        assertThat(node.requestsTo("a")).hasSize(1);
    }

    @Test
    void refusedCredentialsUseUpAnAttempt() {
        node.client.register(webhook(TOKEN_URL).build());
        node.transport.answer(TOKEN_URL, Answer.of(401));
        try (Logged log = new Logged()) {
            publish();

            assertThat(log.lines("to webhook a: the token URL answered 401")).hasSize(1);
            assertThat(log.lines("login.example.com")).isEmpty();
        }
        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.INVALID));
    }

    @Test
    void troubleOfOursUsesUpNone() {
        node.client.register(webhook(TOKEN_URL).build());
        node.transport.answer(TOKEN_URL, Answer.failed(Failure.OURS), token("t1"));
        publish();
        assertThat(node.attempts).isEmpty();
        node.elapse(Duration.ofSeconds(70));

        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTPS://login.example.com/token",
                "hTTps://Login.Example.COM:443/token",
                "https://LOGIN.EXAMPLE.COM/x/../token",
                "https://login.example.com:443/./token"
            })
    void tokenUrlIsSpeltAsItsOwnerLikesAndFetchedInOneSpelling(String spelling) {
        node.client.register(webhook(spelling).build());
        node.transport.answer(TOKEN_URL, token("t1"));
        publish();

        assertThat(node.transport.requestsTo(TOKEN_URL)).hasSize(1);
        assertThat(node.requestsTo("a"))
                .extracting(request -> request.headers().get("Authorization"))
                .containsExactly("Bearer t1");
    }

    @Test
    void tokenUrlIsHeldToTheEgressPolicy() {
        assertThat(List.of("http://169.254.169.254/token", "https://localhost/token"))
                .allSatisfy(url -> assertThat(node.client.check(webhook(url).build()))
                        .isNotEmpty()
                        .allSatisfy(problem -> assertThat(problem.code()).startsWith("signers.token-url.")));
    }
}
