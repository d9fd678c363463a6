package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Capture;
import io.github.webhooks4j.delivery.CapturedRequest;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the history keeps of attempts, and that none of it is secret. */
class CaptureTest {
    private static final ApiCall CALL = new ApiCall(
            1,
            new ApiCall.Request(Optional.empty(), "POST", "/orders", Map.of("total", 1999)),
            new ApiCall.Response(200, Map.of()));

    private SteppedClient node = new SteppedClient().open();

    @AfterEach
    void close() {
        node.close();
    }

    private void restart(Consumer<ClientSettings> settings) {
        node.close();
        node = new SteppedClient(settings).open();
    }

    private static Answer answer(int status, Map<String, String> headers, String body) {
        return new Answer(
                OptionalInt.of(status),
                Optional.empty(),
                body.getBytes(UTF_8),
                Optional.empty(),
                Optional.empty(),
                Timing.UNKNOWN,
                headers);
    }

    private void answer(Answer answer) {
        node.transport.answerAll(request -> answer);
    }

    private AttemptDetails publish(Event event) {
        node.client.publish(event);
        node.record();
        DeliveryId id = DeliveryId.parse(
                        node.attempted.get(node.attempted.size() - 1).id())
                .orElseThrow();
        List<AttemptDetails> attempts = node.store.history().attempts(id);
        return attempts.get(attempts.size() - 1);
    }

    private AttemptDetails publish() {
        return publish(Event.builder("x").id("e1").json("{\"a\":1}").build());
    }

    // ---- how much is kept

    @Test
    void failedAttemptHasRequestAndAnswer() {
        node.client.register(SteppedClient.webhook("a", "*")
                .method("PUT")
                .header("X-Open", "open")
                .build());
        answer(answer(500, Map.of("X-Request-Id", "r-7"), "oops"));

        AttemptDetails details = publish();

        CapturedRequest request = details.request().orElseThrow();
        Request sent = node.transport.requests().get(0);
        assertThat(request.method()).isEqualTo("PUT");
        assertThat(request.headers())
                .isEqualTo(sent.headers())
                .containsEntry("X-Open", "open")
                .containsKey("webhook-signature");
        assertThat(request.body()).isEqualTo(new String(sent.body(), UTF_8)).contains("\"a\":1");
        assertThat(details.answerHeaders()).isEqualTo(Map.of("X-Request-Id", "r-7"));
        assertThat(details.attempt().excerpt()).isEqualTo("oops");
    }

    @Test
    void attemptWithoutAnswerHasItsRequest() {
        node.register("a", "*");
        answer(Answer.failed(Failure.TIMEOUT));

        AttemptDetails details = publish();

        assertThat(details.request()).isPresent();
        assertThat(details.answerHeaders()).isEmpty();
        assertThat(details.attempt().excerpt()).isEmpty();
    }

    @Test
    void attemptThatSucceededHasTheExcerptOnly() {
        node.register("a", "*");
        answer(answer(202, Map.of("X-Request-Id", "r-7"), "taken"));

        AttemptDetails details = publish();

        assertThat(details.request()).isEmpty();
        assertThat(details.answerHeaders()).isEmpty();
        assertThat(details.attempt().excerpt()).isEqualTo("taken");
    }

    @Test
    void whatSuccessIsTheWebhookSays() {
        node.client.register(SteppedClient.webhook("a", "*").successCodes(409).build());

        answer(answer(409, Map.of("X-A", "1"), "known"));
        assertThat(publish(Event.of("x", 1)).request()).isEmpty();
        answer(answer(200, Map.of("X-A", "1"), "fresh"));
        AttemptDetails details = publish(Event.of("x", 2));
        assertThat(details.request()).isPresent();
        assertThat(details.answerHeaders()).containsEntry("X-A", "1");
    }

    @Test
    void allKeepsThoseThatSucceededToo() {
        restart(settings -> settings.capture(Capture.ALL));
        node.register("a", "*");
        answer(answer(200, Map.of("X-A", "1"), "ok"));

        AttemptDetails details = publish();

        assertThat(details.request()).isPresent();
        assertThat(details.answerHeaders()).containsEntry("X-A", "1");
        assertThat(details.attempt().excerpt()).isEqualTo("ok");
    }

    @Test
    void noneKeepsNothingOfAFailedAttemptEither() {
        restart(settings -> settings.capture(Capture.NONE));
        node.register("a", "*");
        answer(answer(500, Map.of("X-A", "1"), "oops"));

        AttemptDetails details = publish();

        assertThat(details.request()).isEmpty();
        assertThat(details.answerHeaders()).isEmpty();
        assertThat(details.attempt().excerpt()).isEmpty();
        assertThat(details.attempt().status()).hasValue(500);
        assertThat(node.attempts.get(0).excerpt()).as("the listener's, too").isEmpty();
    }

    @Test
    void bothRequestsOfAStaleConnectionAreKept() {
        node.register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.failed(Failure.STALE), answer(500, Map.of(), "oops"));

        node.client.publish(Event.of("x", 1));
        node.record();

        DeliveryId id = DeliveryId.parse(node.attempted.get(0).id()).orElseThrow();
        assertThat(node.store.history().attempts(id))
                .hasSize(2)
                .allSatisfy(details -> assertThat(details.request()).isPresent());
    }

    // ---- how long it is

    @Test
    void longBodiesAreCut() {
        node.client.register(
                SteppedClient.webhook("a", "*").payload(PayloadFormat.raw()).build());
        answer(answer(500, Map.of(), ""));

        AttemptDetails details = publish(Event.builder("x")
                .raw("text/plain", "€".repeat(10_000).getBytes(UTF_8))
                .build());

        assertThat(details.request().orElseThrow().body().getBytes(UTF_8)).hasSizeBetween(16 * 1024 - 3, 16 * 1024);
    }

    @Test
    void bytesThatNoDatabaseTakesAreReplaced() {
        node.client.register(
                SteppedClient.webhook("a", "*").payload(PayloadFormat.raw()).build());
        answer(answer(500, Map.of("X-\0", "a\0b\uD800"), "\0"));

        AttemptDetails details = publish(Event.builder("x")
                .raw("a/b", new byte[] {'a', 0, (byte) 0xff, 'b'})
                .build());

        assertThat(details.request().orElseThrow().body()).isEqualTo("a\uFFFD\uFFFDb");
        assertThat(details.answerHeaders()).isEqualTo(Map.of("X-\uFFFD", "a\uFFFDb?"));
    }

    @Test
    void headersOfAnAnswerAreBounded() {
        node.register("a", "*");
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < 1000; i++) {
            many.put("X-" + i, "v");
        }
        answer(answer(500, many, ""));
        assertThat(publish(Event.of("x", 1)).answerHeaders()).hasSize(50).containsKeys("X-0", "X-49");

        Map<String, String> long_ = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            long_.put(i + "n".repeat(10_000), "v".repeat(10_000));
        }
        answer(answer(500, long_, ""));
        Map<String, String> kept = publish(Event.of("x", 2)).answerHeaders();
        assertThat(kept).hasSizeBetween(1, 9);
        assertThat(String.join("", kept.keySet()) + String.join("", kept.values()))
                .hasSizeBetween(4000, 4096);
    }

    // ---- what is secret in it

    /** A receiver that shows all that it got, as test endpoints do. */
    private static Answer echo(Request request) {
        Map<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put("X-Got-" + name, value));
        headers.put("Location", request.url());
        headers.put("X-Got-Base64", Base64.getEncoder().encodeToString(request.body()));
        String body = request.url() + request.headers() + new String(request.body(), UTF_8);
        return answer(500, headers, body);
    }

    private static String all(AttemptDetails details) {
        return Stream.of(
                        details.request().stream().flatMap(request -> request.headers().entrySet().stream()),
                        details.request().stream().map(CapturedRequest::body),
                        details.answerHeaders().entrySet().stream(),
                        Stream.of(details.attempt().excerpt(), details.origin(), details.node()))
                .flatMap(each -> each)
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @EnumSource(names = {"ALL", "FAILURES"})
    void noSecretOfTheWebhookIsKept(Capture capture) {
        restart(settings ->
                settings.capture(capture).signer("ours", message -> Map.of("X-Ours", "Token canary-custom")));
        node.client.signers().save("all", Signer.basic("me", Secret.of("canary-shared")));
        node.client.register(Webhook.builder("https://a.example.com/hooks/canary-path?key=canary-query")
                .id("a")
                .events("*")
                .secretHeader("X-Key", Secret.of("canary-header"))
                .signer(Signer.hmacSha256(Secret.of("canary-hmac")))
                .signer(Signer.shared("all"))
                .signer(Signer.custom("ours"))
                .payload(PayloadFormat.apiCall(Secret.of("canary-body")))
                .build());
        node.transport.answerAll(CaptureTest::echo);

        AttemptDetails details = publish(Event.of("x", CALL));

        Request sent = node.transport.requests().get(0);
        assertThat(sent.url() + sent.headers() + new String(sent.body(), UTF_8))
                .contains("canary-path", "canary-query", "canary-header", "canary-custom", "canary-body");
        assertThat(all(details)).doesNotContain("canary").doesNotContain(base64("canary-body"));
        assertThat(details.toString()).doesNotContain("canary");
        CapturedRequest request = details.request().orElseThrow();
        assertThat(request.headers())
                .containsOnlyKeys(sent.headers().keySet())
                .containsEntry("X-Key", "***")
                .containsEntry("X-Ours", "***")
                .containsEntry("Authorization", "***");
        assertThat(request.headers().get("X-Signature"))
                .isEqualTo(sent.headers().get("X-Signature"));
        assertThat(request.body()).isEqualTo(new String(sent.body(), UTF_8).replace("canary-body", "***"));
        assertThat(details.answerHeaders())
                .containsEntry("X-Got-X-Key", "***")
                .containsEntry("X-Got-Authorization", "***")
                .containsEntry("Location", "https://a.example.com***")
                .containsEntry("X-Got-webhook-id", sent.headers().get("webhook-id"));
    }

    /** Long enough that its place in the base64 of the body does not matter. */
    private static String base64(String text) {
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(UTF_8))
                .substring(4, 10);
    }

    @Test
    void bearerTokenIsMaskedInEachPart() {
        node.client.register(SteppedClient.webhook("a", "*")
                .signer(Signer.bearer(Secret.of("canary-bearer")))
                .build());
        node.transport.answerAll(CaptureTest::echo);

        AttemptDetails details = publish();

        assertThat(all(details)).doesNotContain("canary");
        assertThat(details.request().orElseThrow().headers()).containsEntry("Authorization", "***");
        assertThat(details.answerHeaders()).containsEntry("X-Got-Authorization", "***");
    }

    @Test
    void fetchedTokenIsMaskedAlsoOnceItIsAnotherOne() {
        node.client.register(SteppedClient.webhook("a", "*")
                .signer(Signer.oauth2("https://login.example.com/token", "me", Secret.of("canary-client")))
                .build());
        int[] tokens = new int[1];
        node.transport.answerAll(request -> request.url().endsWith("/token")
                ? answer(200, Map.of(), "{\"access_token\":\"canary-token-" + ++tokens[0] + "\",\"expires_in\":60}")
                : echo(request));

        assertThat(all(publish(Event.of("x", 1)))).doesNotContain("canary");
        node.clock.advance(Duration.ofMinutes(10));
        assertThat(all(publish(Event.of("x", 2)))).doesNotContain("canary");
        assertThat(tokens[0]).isEqualTo(2);
        assertThat(node.requestsTo("a").get(1).headers().get("Authorization")).contains("canary-token-2");
    }

    @Test
    void secretFromBeforeARotationIsMasked() {
        node.client.register(SteppedClient.webhook("a", "*").build());
        node.client.rotateSecret("a", Duration.ZERO);
        Signer current = node.client.find("a").orElseThrow().signers().get(0);
        String fresh =
                StoredSigner.of(current).orElseThrow().secrets().get("secret").reveal();
        String before = SteppedClient.SECRET.reveal();
        answer(answer(500, Map.of("X-Old", before, "X-New", fresh), ""));

        AttemptDetails details = publish(Event.of("x", before + " " + fresh));

        assertThat(details.answerHeaders()).isEqualTo(Map.of("X-Old", "***", "X-New", "***"));
        assertThat(details.request().orElseThrow().body()).contains("\"*** ***\"");
    }

    /** Too short to be looked for: only a body that is made without it does not show it. */
    @Test
    void shortSecretOfAnApiCallIsNotInTheBody() {
        node.client.register(SteppedClient.webhook("a", "*")
                .payload(PayloadFormat.apiCall(Secret.of("hush")))
                .build());
        answer(answer(500, Map.of(), ""));

        CapturedRequest request = publish(Event.of("x", CALL)).request().orElseThrow();

        assertThat(new String(node.transport.requests().get(0).body(), UTF_8)).contains("\"secret\":\"hush\"");
        assertThat(request.body()).contains("\"secret\":\"***\"").doesNotContain("hush");
    }

    @Test
    void secretInTheNameOfAHeaderOfTheAnswerIsMasked() {
        node.client.register(SteppedClient.webhook("a", "*")
                .signer(Signer.bearer(Secret.of("canary-bearer")))
                .build());
        answer(answer(500, Map.of("x-canary-bearer", "1"), ""));

        assertThat(publish().answerHeaders()).isEqualTo(Map.of("x-***", "1"));
    }

    @Test
    void nothingIsSignedAgain() {
        int[] signed = new int[1];
        restart(settings -> settings.signer("mine", message -> Map.of("X-Mine", "count-" + ++signed[0])));
        node.client.register(SteppedClient.webhook("a", "*")
                .signer(Signer.custom("mine"))
                .payload(PayloadFormat.apiCall(Secret.of("canary-body")))
                .build());
        answer(answer(500, Map.of(), ""));

        publish(Event.of("x", CALL));

        assertThat(signed[0]).isEqualTo(1);
    }

    // ---- what goes wrong

    @Test
    void headersThatCannotBeReadFailNoAttempt() {
        node.client.register(SteppedClient.webhook("a", "*")
                .signer(Signer.bearer(Secret.of("canary-bearer")))
                .build());
        answer(answer(
                500,
                new AbstractMap<>() {
                    @Override
                    public Set<Entry<String, String>> entrySet() {
                        throw new IllegalStateException("canary-bearer");
                    }
                },
                "oops canary-bearer"));
        try (Logged log = new Logged()) {
            AttemptDetails details = publish();

            assertThat(details.attempt().status()).hasValue(500);
            assertThat(details.attempt().excerpt()).isEqualTo("oops ***");
            assertThat(details.request()).isPresent();
            assertThat(details.answerHeaders()).isEmpty();
            assertThat(log.lines("could not mask headers")).hasSize(1);
            assertThat(log.lines("canary")).isEmpty();
        }
    }

    // ---- who made it, to where, by what

    @Test
    void attemptHasOriginVersionAndNode() {
        restart(settings -> settings.node("eu-1"));
        Webhook stored = node.client.register(Webhook.builder("https://a.example.com:8443/secret?key=1")
                .id("a")
                .events("*")
                .unsigned()
                .build());
        AttemptDetails first = publish(Event.of("x", 1));
        assertThat(first.origin()).isEqualTo("https://a.example.com:8443");
        assertThat(first.webhookVersion()).isEqualTo(stored.version());
        assertThat(first.node()).isEqualTo("eu-1");
        assertThat(first.url()).isEmpty();

        Webhook moved = node.client.update(
                stored.toBuilder().url("https://b.example.com/").build());
        AttemptDetails second = publish(Event.of("x", 2));
        assertThat(second.origin()).isEqualTo("https://b.example.com");
        assertThat(second.webhookVersion()).isEqualTo(moved.version()).isNotEqualTo(stored.version());
    }

    @Test
    void timingIsThatOfTheTransport() {
        node.register("a", "*");
        Timing timing = new Timing(
                Optional.of(Duration.ofMillis(1)),
                Optional.of(Duration.ofMillis(2)),
                Optional.empty(),
                Optional.of(Duration.ofMillis(4)));
        answer(new Answer(
                OptionalInt.of(200),
                Optional.empty(),
                new byte[0],
                Optional.empty(),
                Optional.empty(),
                timing,
                Map.of()));

        assertThat(publish().timing()).isEqualTo(timing);
    }

    @Test
    void deniedTargetHasNoRequestButOriginAndVersion() {
        EgressPolicy before = EgressPolicy.builder().allowHttp().build();
        restart(settings -> settings.egress(before));
        Webhook stored = node.client.register(SteppedClient.webhook("a", "*")
                .url("http://a.example.com/secret")
                .build());
        try (SteppedClient strict = new SteppedClient(node).open()) {
            strict.client.publish(Event.of("x", 1));
            strict.record();

            DeliveryId id = DeliveryId.parse(strict.attempted.get(0).id()).orElseThrow();
            AttemptDetails details = strict.store.history().attempts(id).get(0);
            assertThat(details.attempt().failure()).hasValue(Failure.DENIED);
            assertThat(details.request()).isEmpty();
            assertThat(details.timing()).isEqualTo(Timing.UNKNOWN);
            assertThat(details.origin()).isEqualTo("http://a.example.com");
            assertThat(details.webhookVersion()).isEqualTo(stored.version());
        }
    }

    @Test
    void requestThatCannotBeMadeHasOriginAndVersion() {
        Webhook stored = node.client.register(SteppedClient.webhook("a", "*")
                .payload(PayloadFormat.apiCall(Secret.of("canary-body")))
                .build());

        AttemptDetails details = publish(Event.of("x", "no call"));

        assertThat(details.attempt().failure()).hasValue(Failure.INVALID);
        assertThat(details.request()).isEmpty();
        assertThat(details.timing()).isEqualTo(Timing.UNKNOWN);
        assertThat(details.origin()).isEqualTo("https://a.example.com");
        assertThat(details.webhookVersion()).isEqualTo(stored.version());
    }

    @Test
    void clientWithoutANameGetsOneOfItsOwn() {
        node.register("a", "*");
        String name = publish().node();
        restart(settings -> {});
        node.register("a", "*");
        String other = publish().node();

        assertThat(name).matches("[!-~]{1,40}-[0-9a-f]{4}");
        assertThat(name.substring(0, name.length() - 5)).isEqualTo(other.substring(0, other.length() - 5));
    }

    @Test
    void nameOfANodeIsVisibleAscii() {
        for (String name : List.of("", "a b", "n\u00f6de", "a".repeat(65), "a\n")) {
            assertThatThrownBy(() -> new SteppedClient(settings -> settings.node(name)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "node is \"" + name + "\"; it must be 1 to 64 visible ASCII characters, without spaces");
        }
        new SteppedClient(settings -> settings.node("a".repeat(64))).close();
    }
}
