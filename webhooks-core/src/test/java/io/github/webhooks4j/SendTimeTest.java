package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.egress.UrlLines;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.transport.TlsSettings;
import io.github.webhooks4j.transport.Transport;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine sees to at each attempt, whatever the transport. */
class SendTimeTest {
    private final SteppedClient node = new SteppedClient();

    @AfterEach
    void close() {
        node.close();
    }

    private void publish() {
        node.client.publish(Event.of("x", Map.of("n", 1)));
        node.record();
    }

    private void script(Answer... answers) {
        node.transport.answer(SteppedClient.url("a"), answers);
    }

    private static Answer asking(String retryAfter) {
        return new Answer(OptionalInt.of(503), Optional.of(retryAfter), new byte[0], Optional.empty());
    }

    static Stream<String> deniedUrls() {
        return UrlLines.deniedByText();
    }

    /** The row got into the store another way than by registration. */
    @ParameterizedTest
    @MethodSource("deniedUrls")
    void urlThatRegistrationWouldRefuseNeverReachesTheTransport(String url) {
        node.open();
        WebhookSettings webhook =
                new WebhookDraft(url).id("a").events("*").unsigned().build();
        Document row = node.store
                .documents()
                .save(WebhookDocument.write(webhook), List.of())
                .orElseThrow();
        node.elapse(Duration.ofSeconds(2));
        assertThat(row.version()).isEqualTo(1);

        publish();

        assertThat(node.transport.requests()).isEmpty();
        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.DENIED));
        assertThat(node.attempted.get(0).state()).isEqualTo(DeliveryState.PENDING);
    }

    static Stream<Arguments> badHeaders() {
        Secret secret = Secret.of("s");
        return Stream.of(
                Arguments.of(row().header("Transfer-Encoding", "chunked")),
                Arguments.of(row().header("X-Forwarded_For", "1.2.3.4")),
                Arguments.of(row().header("X-A", "a\r\nHost: b")),
                Arguments.of(row().secretHeader("Metadata-Flavor", secret)),
                Arguments.of(row().header("X_Sig", "1").signer(Signer.hmacSha256("X-Sig", secret))),
                Arguments.of(row().signer(Signer.hmacSha256("X-Forwarded-For", secret))),
                Arguments.of(
                        row().signer(Signer.hmacSha256("X_Sig", secret)).signer(Signer.hmacSha256("X-Sig", secret))));
    }

    private static WebhookDraft row() {
        return new WebhookDraft(SteppedClient.url("a")).id("a").events("*");
    }

    /** The row got into the store another way than by registration. */
    @ParameterizedTest
    @MethodSource("badHeaders")
    void headersThatRegistrationWouldRefuseNeverReachTheTransport(WebhookDraft row) {
        node.open();
        assertThat(node.store.documents().save(WebhookDocument.write(row.build()), List.of()))
                .isPresent();
        node.elapse(Duration.ofSeconds(2));

        publish();

        assertThat(node.transport.requests()).isEmpty();
        assertThat(node.attempts).hasSize(1);
    }

    @Test
    void policyThatBecameStricterIsObeyed() {
        EgressPolicy before = EgressPolicy.builder().allowSkipVerification().build();
        try (SteppedClient lenient = new SteppedClient(settings -> settings.egress(before))) {
            lenient.client.register(SteppedClient.webhook("a", "*")
                    .tls(TlsSettings.standard().skipVerification())
                    .build());
            SteppedClient strict = new SteppedClient(lenient).open();
            strict.client.publish(Event.of("x", 1));
            strict.record();

            assertThat(strict.transport.requests()).isEmpty();
            assertThat(strict.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.DENIED));
            assertThat(strict.attempts)
                    .as("no connection was made")
                    .extracting(Attempt::skippedVerification)
                    .containsExactly(false);
        }
    }

    @Test
    void requestHasTheUserAgentOfThePolicyAndTheTlsOfTheWebhook() {
        EgressPolicy policy = EgressPolicy.builder()
                .userAgent("acme/2")
                .allowSkipVerification()
                .build();
        TlsSettings tls = TlsSettings.standard().skipVerification();
        try (SteppedClient other = new SteppedClient(settings -> settings.egress(policy))) {
            other.open()
                    .client
                    .register(SteppedClient.webhook("a", "*").tls(tls).build());
            other.client.publish(Event.of("x", 1));

            assertThat(other.requestsTo("a"))
                    .extracting(request -> request.headers().get("User-Agent"))
                    .containsExactly("acme/2");
            assertThat(other.requestsTo("a").get(0).tls()).isEqualTo(tls);
            other.record();
            assertThat(other.attempts).extracting(Attempt::skippedVerification).containsExactly(true);
            assertThat(other.attempts.get(0)).asString().contains("skippedVerification");
        }
    }

    @Test
    void staleConnectionIsRepeatedAtOnceOnANewOneAndUsesUpNoAttempt() {
        node.open().register("a", "*");
        script(Answer.failed(Failure.STALE), Answer.of(500), Answer.failed(Failure.STALE), Answer.of(200));

        publish();
        assertThat(node.requestsTo("a"))
                .extracting(Transport.Request::onNewConnection)
                .containsExactly(false, true);
        node.elapse(Duration.ofSeconds(6));

        assertThat(node.requestsTo("a")).hasSize(4);
        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 1, 2, 2);
        assertThat(node.attempts)
                .extracting(attempt -> attempt.failure().isPresent())
                .containsExactly(true, false, true, false);
        String eventId = node.ended.get(0).eventId();
        assertThat(Histories.attempts(node.store, Optional.empty(), eventId, "a"))
                .as("one recorded attempt for each request")
                .hasSize(4);
        assertThat(node.ended).extracting(Delivery::attempts).containsExactly(2);
    }

    @Test
    void bothRequestsShareOneTimeout() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> {
            node.clock.advance(Duration.ofSeconds(1));
            return request.onNewConnection() ? Answer.of(200) : Answer.failed(Failure.STALE);
        });

        publish();

        assertThat(node.requestsTo("a"))
                .extracting(Transport.Request::timeout)
                .containsExactly(Duration.ofSeconds(15), Duration.ofSeconds(14));
    }

    @Test
    void thereIsOneRepetition() {
        node.open().register("a", "*");
        script(Answer.failed(Failure.STALE), Answer.failed(Failure.STALE));
        publish();
        assertThat(node.requestsTo("a")).hasSize(2);
        assertThat(node.attempts).hasSize(2);
    }

    @Test
    void thereIsNoRepetitionWhenTheTimeIsOver() {
        node.open().register("b", "*");
        node.transport.answerAll(request -> {
            node.clock.advance(Duration.ofSeconds(15));
            return Answer.failed(Failure.STALE);
        });
        publish();
        assertThat(node.requestsTo("b")).hasSize(1);
    }

    @Test
    void requestBeforeATroubleOfOursIsRecorded() {
        node.open().register("a", "*");
        script(Answer.failed(Failure.STALE), Answer.failed(Failure.OURS));

        publish();

        assertThat(node.requestsTo("a")).hasSize(2);
        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.STALE));
    }

    /** The policy says 5 s. */
    @ParameterizedTest
    @CsvSource({
        "120, 120",
        "120.1, 121",
        "'Thu, 15 Jan 2026 12:02:00 GMT', 120",
        "'Thu, 15 Jan 2026 11:00:00 GMT', 5",
        "-120, 5",
        "99999999999999999999, 21600",
        "31536000, 21600",
        "3, 5",
        "soon, 5",
    })
    void retryAfterMovesTheNextAttempt(String value, long seconds) {
        node.open().register("a", "*");
        script(asking(value));
        publish();
        assertThat(node.requestsTo("a")).hasSize(1);

        node.clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
        node.step();
        assertThat(node.requestsTo("a")).hasSize(1);
        assertThat(nextAttemptAt()).contains(node.clock.now().plusMillis(1));
        node.clock.advance(Duration.ofSeconds(5)); // the engine may look for it a little later
        node.step();
        assertThat(node.requestsTo("a")).hasSize(2);
    }

    @Test
    void withoutRetryAfterThePolicyDecides() {
        node.open().register("a", "*");
        script(Answer.of(503));
        publish();

        assertThat(nextAttemptAt()).contains(node.clock.now().plusSeconds(5));
    }

    private Optional<Instant> nextAttemptAt() {
        return node.attempted.get(0).nextAttemptAt();
    }

    @Test
    void failingDnsOfOneHostUsesUpAttempts() {
        node.open().register("a", "*");
        script(Answer.failed(Failure.DNS), Answer.failed(Failure.DNS), Answer.failed(Failure.DNS));

        publish();
        node.elapse(Duration.ofSeconds(6));
        node.elapse(Duration.ofMinutes(6));

        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
        assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.EXHAUSTED);
    }

    @Test
    void longBodyOfATransportIsCut() {
        node.open().register("a", "*");
        script(new Answer(
                OptionalInt.of(500), Optional.empty(), "x".repeat(20_000).getBytes(UTF_8), Optional.empty()));

        publish();

        assertThat(node.attempts.get(0).excerpt()).isEqualTo("x".repeat(16 * 1024));
        assertThat(node.attempts.get(0).skippedVerification()).isFalse();
        assertThat(List.of(node.attempts.get(0).status())).containsExactly(OptionalInt.of(500));
    }

    private String excerptOf(Webhook.Builder webhook, String body) {
        node.transport.answerAll(request -> new Answer(
                OptionalInt.of(200),
                Optional.empty(),
                body.replace("AUTH", String.valueOf(request.headers().get("Authorization")))
                        .getBytes(UTF_8),
                Optional.empty()));
        node.open();
        node.client.register(webhook.build());
        publish();
        return node.attempts.get(0).excerpt();
    }

    @Test
    void secretsThatAReceiverEchoesAreMasked() {
        Webhook.Builder webhook = Webhook.builder("https://a.example.com/hooks/T0/Kan%2Bri?sig=Tjilptjilp&v=1")
                .id("a")
                .events("*")
                .secretHeader("X-Key", Secret.of("Kanarie-1234"))
                .signer(Signer.standardWebhooks(SteppedClient.SECRET))
                .signer(Signer.hmacSha256(Secret.of("Mus-Mus-Mus")))
                .signer(Signer.basic("me", Secret.of("hunter2")));

        String key = SteppedClient.SECRET.reveal().substring("whsec_".length());
        assertThat(excerptOf(
                        webhook,
                        "POST /hooks/T0/Kan%2Bri?sig=Tjilptjilp&v=1|hooks/T0/Kan+ri|Tjilptjilp|Kanarie-1234|whsec_"
                                + key + "|" + key + "|Mus-Mus-Mus|AUTH|v=1 /hooks/T0."))
                .isEqualTo("POST ***|***|***|***|***|***|***|***|v=1 /hooks/T0.");
    }

    @Test
    void secretThatTheCutOfTheExcerptDividesIsMasked() {
        String before = "x".repeat(16 * 1024 - 9);

        assertThat(excerptOf(
                        SteppedClient.webhook("a", "*").signer(Signer.bearer(Secret.of("Kanarienvogel"))),
                        before + "-Kanarienvogel" + "x".repeat(5000)))
                .isEqualTo(before + "-***");
    }

    @Test
    void bothSecretsOfARotationAreMasked() {
        Secret next = Secret.random();
        node.open();
        node.client.register(SteppedClient.webhook("a", "*").build());
        node.client.rotateSecret("a", Duration.ZERO);
        Signer current = node.client.find("a").orElseThrow().signers().get(0);
        String fresh =
                StoredSigner.of(current).orElseThrow().secrets().get("secret").reveal();
        String body = fresh + " " + SteppedClient.SECRET.reveal() + " " + next.reveal();
        node.transport.answerAll(
                request -> new Answer(OptionalInt.of(200), Optional.empty(), body.getBytes(UTF_8), Optional.empty()));

        publish();

        assertThat(node.attempts.get(0).excerpt()).isEqualTo("*** *** " + next.reveal());
    }

    @Test
    void sharedSecretsAndWhatAnApplicationSetsAreMasked() {
        try (SteppedClient own = new SteppedClient(
                settings -> settings.signer("ours", message -> Map.of("X-Ours", "Token  Zebravink-99")))) {
            own.open();
            own.client.signers().save("all", Signer.bearer(Secret.of("Kanarienvogel")));
            own.client.register(SteppedClient.webhook("a", "*")
                    .signer(Signer.shared("all"))
                    .signer(Signer.custom("ours"))
                    .build());
            own.transport.answerAll(request -> new Answer(
                    OptionalInt.of(200),
                    Optional.empty(),
                    (request.headers().get("X-Ours") + "|Zebravink-99|"
                                    + request.headers().get("Authorization") + "|"
                                    + request.headers().get("webhook-id"))
                            .getBytes(UTF_8),
                    Optional.empty()));
            String id = own.client.publish(Event.of("x", 1)).eventId();
            own.record();

            assertThat(own.attempts.get(0).excerpt()).isEqualTo("***|***|***|" + id);
        }
    }

    /** Whatever stands for a byte that is no text takes more room than the byte. */
    @ParameterizedTest
    @ValueSource(ints = {0, 0xff, 0x80, 0xe2})
    void excerptOfBytesThatAreNoTextHasSixteenKibibytesAtMost(int each) {
        byte[] body = new byte[1 << 20];
        Arrays.fill(body, (byte) each);
        node.transport.answerAll(request -> new Answer(OptionalInt.of(200), Optional.empty(), body, Optional.empty()));
        node.open().register("a", "*");

        node.client.publish(Event.of("x", 1));
        node.record();

        String excerpt = node.attempts.get(0).excerpt();
        assertThat(excerpt.getBytes(UTF_8).length).isBetween(16 * 1024 - 2, 16 * 1024);
        assertThat(excerpt).matches("\uFFFD+");
    }
}
