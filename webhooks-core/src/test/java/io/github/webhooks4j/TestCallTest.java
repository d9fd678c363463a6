package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.TooManyTestsException;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.CallersTransaction;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingHistory;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Test calls: what is sent, what is kept, and what they leave alone. */
class TestCallTest {
    private static final Event PING = Event.of("ping", Map.of("n", 1));

    private final SteppedClient node = new SteppedClient(
            settings -> settings.concurrencyPerWebhook(1).retryPolicy(RetryPolicy.fixed(Duration.ofHours(1), 1_000)));

    @AfterEach
    void close() {
        node.close();
    }

    private static Webhook.Builder webhook(String id) {
        return SteppedClient.webhook(id, "invoice.paid");
    }

    private void answer(int status) {
        node.transport.answerAll(request -> Answer.of(status));
    }

    private List<Delivery> kept() {
        return node.client.deliveries().list(DeliveryQuery.all().tests(true)).items();
    }

    private Document stored(String id) {
        return node.store.documents().find(DocumentKind.WEBHOOK, id).orElseThrow();
    }

    /** The body, if it is signed with the secret that is stored. */
    private static String verified(Request request) {
        Map<String, String> headers = request.headers();
        Message message = new Message(
                String.valueOf(headers.get("webhook-id")),
                Instant.ofEpochSecond(Long.parseLong(String.valueOf(headers.get("webhook-timestamp")))),
                request.body());
        assertThat(headers)
                .containsAllEntriesOf(
                        Signer.standardWebhooks(SteppedClient.SECRET).headers(message));
        return new String(request.body(), UTF_8);
    }

    // ---- what is sent

    @Test
    void testIsSentNowAndItsAnswerIsInHandThoughTheClientIsNotStarted() {
        node.client.register(webhook("a").build());
        node.transport.answer(
                SteppedClient.url("a"),
                new Answer(OptionalInt.of(202), Optional.empty(), "thanks".getBytes(UTF_8), Optional.empty()));

        Attempt answer = node.client.test("a", "invoice.paid");

        assertThat(answer.status()).hasValue(202);
        assertThat(answer.excerpt()).isEqualTo("thanks");
        assertThat(answer.number()).isEqualTo(1);
        Request request = node.requestsTo("a").get(0);
        assertThat(verified(request)).contains("\"type\":\"invoice.paid\"").contains("\"data\":{\"test\":true}");
        Delivery delivery = kept().get(0);
        assertThat(request.headers()).containsEntry("webhook-id", delivery.eventId());
        assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(delivery.test()).isTrue();
        assertThat(delivery.attempts()).isEqualTo(1);
        assertThat(node.client.deliveries().find(delivery.id()).orElseThrow().attempts())
                .extracting(each -> each.attempt().status())
                .containsExactly(OptionalInt.of(202));
    }

    @Test
    void severalWebhooksAreEachSentAnEventOfItsOwn() {
        for (String id : List.of("a", "b", "c")) {
            node.client.register(webhook(id).build());
        }
        node.transport.answer(SteppedClient.url("b"), Answer.failed(Failure.TIMEOUT));

        Map<String, Attempt> answers = node.client.test(List.of("c", "b", "a", "c"), PING);

        assertThat(answers.keySet()).containsExactly("c", "b", "a");
        assertThat(answers.get("a").status()).hasValue(200);
        assertThat(answers.get("b").failure()).hasValue(Failure.TIMEOUT);
        assertThat(node.transport.requests()).hasSize(3);
        assertThat(kept()).extracting(Delivery::webhookId).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(kept().stream().map(Delivery::eventId).distinct()).hasSize(3);
        assertThat(node.client.test(List.of(), PING)).isEmpty();
    }

    @Test
    void failedTestIsNotRepeated() {
        node.open().client.register(webhook("a").build());
        answer(503);

        assertThat(node.client.test("a", "ping").status()).hasValue(503);

        node.elapse(Duration.ofDays(2));
        assertThat(node.requestsTo("a")).hasSize(1);
        assertThat(kept()).extracting(Delivery::state).containsExactly(DeliveryState.EXHAUSTED);
        assertThat(node.client.deliveries().redeliver(kept().get(0).id())).isEqualTo(Redelivery.TEST);
        assertThat(node.client.deliveries().recover(DeliveryQuery.all()).count())
                .isZero();
    }

    @Test
    void requestThatMetAStaleConnectionIsSentOnceMore() {
        node.client.register(webhook("a").build());
        node.transport.answer(SteppedClient.url("a"), Answer.failed(Failure.STALE), Answer.of(204));

        assertThat(node.client.test("a", "ping").status()).hasValue(204);

        assertThat(node.client
                        .deliveries()
                        .find(kept().get(0).id())
                        .orElseThrow()
                        .attempts())
                .extracting(each -> each.attempt().failure())
                .containsExactly(Optional.of(Failure.STALE), Optional.empty());
    }

    @Test
    void successCodesOfTheWebhookDecideHowATestEnded() {
        node.client.register(webhook("a").successCodes(418).build());
        answer(418);
        node.client.test("a", "ping");
        node.clock.advance(Duration.ofMillis(1));
        answer(200);
        node.client.test("a", "ping");

        assertThat(kept())
                .extracting(Delivery::state)
                .containsExactly(DeliveryState.EXHAUSTED, DeliveryState.DELIVERED);
    }

    @Test
    void accessTokenIsFetchedAndSharedSignerIsResolved() {
        String tokenUrl = "https://login.example.com/token";
        node.transport.answer(
                tokenUrl,
                new Answer(
                        OptionalInt.of(200),
                        Optional.empty(),
                        "{\"access_token\":\"t1\",\"token_type\":\"Bearer\",\"expires_in\":3600}".getBytes(UTF_8),
                        Optional.empty()));
        node.client.signers().save("login", Signer.oauth2(tokenUrl, "me", Secret.of("geheim-geheim")));
        node.client.register(Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .signer(Signer.shared("login"))
                .build());

        node.client.test("a", "ping");
        node.client.test("a", "ping");

        assertThat(node.requestsTo("a"))
                .extracting(request -> request.headers().get("Authorization"))
                .containsExactly("Bearer t1", "Bearer t1");
        assertThat(node.transport.requestsTo(tokenUrl)).hasSize(1);
    }

    @Test
    void whatCannotBeMadeIsAnAnswer() {
        node.client.register(webhook("a")
                .payload(PayloadFormat.template("text/plain", "{{data}}"))
                .build());
        Event raw = Event.builder("x").raw("a/b", new byte[1]).build();

        assertThat(node.client.test(List.of("a"), raw).get("a").failure()).hasValue(Failure.INVALID);

        assertThat(node.transport.requests()).isEmpty();
        assertThat(kept()).extracting(Delivery::state).containsExactly(DeliveryState.EXHAUSTED);
    }

    @Test
    void deniedTargetIsAnAnswer() {
        try (SteppedClient lax = new SteppedClient(node, settings -> settings.egress(EgressPolicy.development()))) {
            lax.client.register(webhook("a").url("http://127.0.0.1:9999/hook").build());

            assertThat(node.client.test("a", "ping").failure()).hasValue(Failure.DENIED);

            assertThat(node.transport.requests()).isEmpty();
            assertThat(kept()).extracting(Delivery::state).containsExactly(DeliveryState.EXHAUSTED);
        }
    }

    // ---- whom it goes to, and what it leaves alone

    static Stream<Arguments> states() {
        return Stream.of(
                argumentSet("paused", (Consumer<TestCallTest>) test -> test.node.client.pause("a")),
                argumentSet("disabled", (Consumer<TestCallTest>) test -> test.node.client.disable("a")),
                argumentSet("gone", (Consumer<TestCallTest>) test -> {
                    test.fail(410, 1);
                    assertThat(test.webhook().state()).isEqualTo(Webhook.State.DISABLED);
                }),
                argumentSet("failing", (Consumer<TestCallTest>) test -> {
                    test.fail(400, 20);
                    assertThat(test.webhook().health()).isEqualTo(Webhook.Health.FAILING);
                }),
                argumentSet("broken", (Consumer<TestCallTest>) test -> {
                    test.fail(503, 20);
                    assertThat(test.node.requestsTo("a")).hasSize(10);
                }));
    }

    private Webhook webhook() {
        return node.client.find("a").orElseThrow();
    }

    private void fail(int status, int times) {
        answer(status);
        for (int i = 0; i < times; i++) {
            node.client.publish(Event.of("invoice.paid", i));
            node.record();
        }
    }

    @ParameterizedTest
    @MethodSource("states")
    void testGoesToAWebhookThatGetsNothingAndChangesNothingOfIt(Consumer<TestCallTest> putInto) {
        node.open().client.register(webhook("a").build());
        putInto.accept(this);
        Document before = stored("a");
        int sent = node.requestsTo("a").size();
        int attempted = node.attempts.size();
        for (int status : new int[] {200, 500, 410}) {
            answer(status);
            assertThat(node.client.test("a", "ping").status()).hasValue(status);
        }
        node.record();

        assertThat(node.requestsTo("a")).hasSize(sent + 3);
        assertThat(stored("a")).isEqualTo(before);
        assertThat(node.attempts).hasSize(attempted);
        assertThat(kept()).hasSize(3);
    }

    @Test
    void testsThatFailMakeNoWebhookFailing() {
        node.open().client.register(webhook("a").build());
        Document before = stored("a");
        answer(503);
        for (int i = 0; i < 30; i++) {
            node.client.test("a", "ping");
            node.elapse(Duration.ofSeconds(10));
        }
        answer(200);
        node.client.publish(Event.of("invoice.paid", 1));
        node.record();

        assertThat(node.requestsTo("a")).hasSize(31);
        assertThat(stored("a")).isEqualTo(before);
        assertThat(node.changed).isEmpty();
    }

    @Test
    void testNeitherWaitsForTheRateLimitNorUsesIt() {
        node.open()
                .client
                .register(webhook("a")
                        .rateLimit(RateLimit.of(1, Duration.ofMinutes(1)))
                        .build());
        for (int i = 0; i < 5; i++) {
            node.client.test("a", "ping");
        }
        node.client.publish(Event.of("invoice.paid", 1));
        node.client.publish(Event.of("invoice.paid", 2));
        node.step();
        assertThat(node.requestsTo("a")).as("one of two is sent").hasSize(6);

        assertThat(node.client.test("a", "ping").status()).hasValue(200);
        assertThat(node.requestsTo("a")).hasSize(7);
    }

    // ---- events

    @Test
    void eventOfATestHasTheTenantOfItsWebhookAndANewId() {
        node.client.register(webhook("a").tenant("acme").build());
        Event event = Event.builder("invoice.paid").tenant("acme").id("mine").build();

        node.client.test(List.of("a"), event);
        node.client.test("a", "ping");

        assertThat(kept()).extracting(Delivery::tenant).containsOnly(Optional.of("acme"));
        assertThat(kept()).extracting(Delivery::eventId).allMatch(id -> id.startsWith("evt_"));
        assertThat(node.client.publish(event).duplicate()).isFalse();
    }

    @Test
    void eventOfAnotherTenantIsRefused() {
        node.client.register(webhook("a").build());
        node.client.register(webhook("b").tenant("globex").build());
        Event event = Event.builder("ping").tenant("acme").build();

        for (String id : List.of("a", "b")) {
            assertThatThrownBy(() -> node.client.test(List.of(id), event))
                    .isInstanceOf(InvalidEventException.class)
                    .hasMessageContaining("leave the tenant out")
                    .hasMessageNotContaining("globex");
        }
        assertThat(node.transport.requests()).isEmpty();
    }

    @Test
    void clientOfATenantTestsItsOwnWebhooksOnly() {
        WebhookClient acme = node.client.tenant("acme");
        acme.register(webhook("a").build());
        node.client.register(webhook("b").build());

        assertThat(acme.test("a", "ping").status()).hasValue(200);
        assertThat(acme.test(webhook("new").build(), PING).status()).hasValue(200);
        assertThatThrownBy(() -> acme.test(List.of("a", "b"), PING)).isInstanceOf(StaleWebhookException.class);

        assertThat(acme.deliveries().list(DeliveryQuery.all()).items()).hasSize(1);
        assertThat(node.transport.requests()).hasSize(2);
        for (int i = 0; i < 8; i++) {
            acme.test("a", "ping");
        }
        assertThatThrownBy(() -> node.client.test("a", "ping")).isInstanceOf(TooManyTestsException.class);
    }

    // ---- drafts

    @Test
    void testOfAnUnsavedWebhookIsOnlyReturned() {
        Attempt answer = node.client.test(webhook("a").build(), PING);

        assertThat(answer.status()).hasValue(200);
        verified(node.requestsTo("a").get(0));
        assertThat(node.client.find("a")).isEmpty();
        assertThat(node.client.deliveries().list(DeliveryQuery.all()).items()).isEmpty();
    }

    @Test
    void draftWithAChangedUrlIsSentWithTheSecretsThatAreStored() {
        node.client.register(webhook("a").successCodes(418).build());
        Webhook draft =
                Webhook.builder(SteppedClient.url("new")).id("a").events("*").build();

        node.client.test(draft, PING);

        verified(node.requestsTo("new").get(0));
        assertThat(node.requestsTo("a")).isEmpty();
        assertThat(node.client.find("a").orElseThrow().url()).isEqualTo(SteppedClient.url("a"));
        assertThat(kept()).isEmpty();
    }

    @Test
    void everythingThatIsWrongWithADraftIsReported() {
        Webhook draft = webhook("a").method("GET").url("http://127.0.0.1/").build();

        assertThatThrownBy(() -> node.client.test(draft, PING))
                .isInstanceOfSatisfying(
                        InvalidWebhookException.class,
                        e -> assertThat(e.problems()).hasSizeGreaterThan(1));
        assertThat(node.transport.requests()).isEmpty();
    }

    // ---- what is refused, and what goes wrong

    @Test
    void unknownWebhookIsRefusedBeforeAnyRequest() {
        node.client.register(webhook("a").build());

        for (String id : List.of("b", "not an id")) {
            assertThatThrownBy(() -> node.client.test(List.of("a", id), PING))
                    .isInstanceOf(StaleWebhookException.class)
                    .hasMessageContaining(id);
        }
        assertThat(node.transport.requests()).isEmpty();
    }

    @Test
    void webhookThatThisClientCannotSendToIsRefusedWithAReason() {
        try (SteppedClient other =
                new SteppedClient(node, settings -> settings.signer("mine", message -> Map.of("X-Mine", "1")))) {
            other.client.register(webhook("a").signer(Signer.custom("mine")).build());

            assertThatThrownBy(() -> node.client.test("a", "ping"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("webhook a")
                    .hasMessageContaining("signer(\"mine\"");
        }
    }

    @Test
    void testIsRefusedInATransactionOfTheCallers() {
        node.client.register(webhook("a").build());
        CallersTransaction transaction = hint -> true;
        try (SteppedClient within = new SteppedClient(
                node,
                settings -> settings.store(new ForwardingStore(settings.store()) {
                    @Override
                    public Optional<CallersTransaction> callersTransaction() {
                        return Optional.of(transaction);
                    }
                }))) {
            assertThatThrownBy(() -> within.client.test("a", "ping"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("call test once the transaction has been committed");
            assertThatThrownBy(() -> within.client.test(webhook("a").build(), PING))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(within.transport.requests()).isEmpty();
        }
    }

    @Test
    void closedClientMakesNoTest() {
        node.client.register(webhook("a").build());
        node.client.close();

        assertThatThrownBy(() -> node.client.test("a", "ping"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void answerIsReturnedIfTheHistoryCannotBeWritten() {
        node.client.register(webhook("a").build());
        try (SteppedClient broken = new SteppedClient(
                        node,
                        settings -> settings.store(new ForwardingStore(settings.store()) {
                            @Override
                            public ForwardingHistory history() {
                                return new ForwardingHistory(super.history()) {
                                    @Override
                                    public void addTest(Outcome test) {
                                        throw new StoreException("no room");
                                    }
                                };
                            }
                        }));
                Logged logged = new Logged()) {
            assertThat(broken.client.test("a", "ping").status()).hasValue(200);

            assertThat(logged.lines("webhook a was made, and is not in the history"))
                    .hasSize(1);
        }
    }
}
