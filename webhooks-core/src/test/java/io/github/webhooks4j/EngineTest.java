package io.github.webhooks4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.SteppedMachine;
import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import io.github.webhooks4j.transport.Transport.Answer;
import io.github.webhooks4j.transport.Transport.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How deliveries travel, stepped by hand on a manual clock. */
class EngineTest {
    private final SteppedClient node = new SteppedClient();

    @AfterEach
    void close() {
        node.close();
    }

    private Publication publish(String type) {
        return node.client.publish(Event.of(type, Map.of("n", 1)));
    }

    private static Answer retryAfter(int status, String value) {
        return new Answer(OptionalInt.of(status), Optional.of(value), new byte[0], Optional.empty());
    }

    @Test
    void publishedEventIsSentWithoutAClaim() {
        node.open().register("a", "user.*");

        Publication publication = publish("user.created");

        assertThat(publication.deliveries()).isEqualTo(1);
        assertThat(node.requestsTo("a")).hasSize(1); // before any step of the engine
        node.record();
        assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.DELIVERED);
        assertThat(node.store.queue().due(10)).isEmpty();
    }

    @Test
    void eventGoesToEachWebhookThatSubscribesToItsType() {
        node.open();
        node.register("exact", "user.created");
        node.register("prefix", "user.*");
        node.register("all", "*");
        node.register("other", "user.deleted", "users.*", "user.created.at");

        assertThat(publish("user.created").deliveries()).isEqualTo(3);

        assertThat(node.requestsTo("other")).isEmpty();
        assertThat(publish("user").deliveries()).isEqualTo(1);
    }

    @Test
    void tenantsAreKeptApart() {
        node.open();
        node.client.register(SteppedClient.webhook("acme", "*").tenant("acme").build());
        node.client.register(SteppedClient.webhook("nobody", "*").build());

        node.client.publish(Event.builder("a").tenant("acme").build());
        node.client.publish(Event.builder("b").tenant("globex").build());
        node.client.publish(Event.builder("c").build());

        assertThat(node.requestsTo("acme")).hasSize(1);
        assertThat(node.requestsTo("nobody")).hasSize(1);
    }

    @Test
    void requestIsWhatTheSpecificationSays() {
        node.open().register("a", "*");

        node.client.publish(Event.builder("invoice.paid")
                .id("evt_1")
                .timestamp(Instant.parse("2026-01-01T00:00:00.123456789Z"))
                .json("{ \"total\": 1.10 }")
                .build());

        Request request = node.requestsTo("a").get(0);
        assertThat(new String(request.body(), UTF_8))
                .isEqualTo("{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"timestamp\":\"2026-01-01T00:00:00.123Z\","
                        + "\"data\":{ \"total\": 1.10 }}");
        assertThat(request.headers())
                .containsOnlyKeys("Content-Type", "User-Agent", "webhook-id", "webhook-timestamp", "webhook-signature")
                .containsEntry("Content-Type", "application/json")
                .containsEntry("webhook-id", "evt_1")
                .containsEntry("webhook-timestamp", "1768478400");
        assertThat(Signer.standardWebhooks(SteppedClient.SECRET)
                        .headers(new Message("evt_1", node.clock.instant(), request.body())))
                .containsEntry("webhook-signature", request.headers().get("webhook-signature"));
    }

    @Test
    void rawEventIsSentAsItIs() {
        node.open().register("a", "*");

        node.client.publish(Event.builder("file.uploaded")
                .raw("text/csv", "a;b\r\n\u00fc".getBytes(UTF_8))
                .build());

        Request request = node.requestsTo("a").get(0);
        assertThat(request.body()).isEqualTo("a;b\r\n\u00fc".getBytes(UTF_8));
        assertThat(request.headers()).containsEntry("Content-Type", "text/csv");
    }

    @Test
    void failedAttemptIsRepeatedOnScheduleUntilExhausted() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> Answer.of(500));

        Publication publication = publish("x");
        node.record();
        node.elapse(Duration.ofMillis(4900));
        assertThat(node.requestsTo("a")).hasSize(1);
        node.elapse(Duration.ofMillis(200));
        assertThat(node.requestsTo("a")).hasSize(2);
        node.elapse(Duration.ofSeconds(299));
        assertThat(node.requestsTo("a")).hasSize(2);
        node.elapse(Duration.ofSeconds(2));

        assertThat(node.requestsTo("a")).hasSize(3);
        assertThat(node.attempted)
                .extracting(Delivery::state)
                .containsExactly(DeliveryState.PENDING, DeliveryState.PENDING, DeliveryState.EXHAUSTED);
        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
        assertThat(node.ended).hasSize(1);
        assertThat(Histories.attempts(node.store, Optional.empty(), publication.eventId(), "a"))
                .isEqualTo(node.attempts);
        node.elapse(Duration.ofDays(2));
        assertThat(node.requestsTo("a")).hasSize(3);
    }

    @Test
    void everyAttemptHasTheSameBodyAndIdAndAFreshTimestamp() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.of(500));

        publish("x");
        node.record();
        node.elapse(Duration.ofSeconds(6));

        List<Request> requests = node.requestsTo("a");
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).body()).isEqualTo(requests.get(0).body());
        assertThat(requests.get(1).headers().get("webhook-id"))
                .isEqualTo(requests.get(0).headers().get("webhook-id"));
        assertThat(Long.parseLong(requests.get(1).headers().get("webhook-timestamp")))
                .isGreaterThanOrEqualTo(Long.parseLong(requests.get(0).headers().get("webhook-timestamp")) + 5);
    }

    @Test
    void retryAfterDelaysButNeverHastens() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), retryAfter(503, "60"), retryAfter(503, "1"));

        publish("x");
        node.record();
        node.elapse(Duration.ofSeconds(58));
        assertThat(node.requestsTo("a")).hasSize(1);
        node.elapse(Duration.ofSeconds(3));
        assertThat(node.requestsTo("a")).hasSize(2);
        node.elapse(Duration.ofMinutes(1));
        assertThat(node.requestsTo("a")).hasSize(2);
        node.elapse(Duration.ofMinutes(5));
        assertThat(node.requestsTo("a")).hasSize(3);
    }

    @Test
    void goneEndsTheDeliveryAtOnce() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.of(410));

        publish("x");
        node.record();

        assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.EXHAUSTED);
        assertThat(node.ended.get(0).attempts()).isEqualTo(1);
    }

    @Test
    void troubleOnOurSideUsesNoAttempt() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.failed(Failure.OURS), Answer.failed(Failure.OURS));

        publish("x");
        node.record();
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.requestsTo("a")).hasSize(3);
        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1);
        assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.DELIVERED);
    }

    @Test
    void signerThatThrowsIsAnInvalidAttempt() {
        try (SteppedClient other = new SteppedClient(settings -> settings.signer("mine", message -> {
            throw new IllegalStateException("secret detail");
        }))) {
            other.open()
                    .client
                    .register(Webhook.builder(SteppedClient.url("a"))
                            .id("a")
                            .events("*")
                            .signer(Signer.custom("mine"))
                            .build());

            other.client.publish(Event.of("x", 1));
            other.record();

            assertThat(other.requestsTo("a")).isEmpty();
            assertThat(other.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.INVALID));
        }
    }

    /** An error, such as a class that is missing, must use up attempts like any other failure. */
    @Test
    void signerThatThrowsAnErrorIsExhausted() {
        try (SteppedClient other = new SteppedClient(settings -> settings.signer("mine", message -> {
            throw new NoClassDefFoundError("missing");
        }))) {
            other.open().client.register(signedBy("mine"));

            other.client.publish(Event.of("x", 1));
            other.record();
            other.elapse(Duration.ofSeconds(6));
            other.elapse(Duration.ofMinutes(6));

            assertThat(other.attempts).hasSize(3);
            assertThat(other.ended).extracting(Delivery::state).containsExactly(DeliveryState.EXHAUSTED);
        }
    }

    @Test
    void signerCannotSetReservedOrMalformedHeadersOrThoseOfAnother() {
        List<Map<String, String>> refused = List.of(
                Map.of("Host", "evil.example"),
                Map.of("Webhook-ID", "other"),
                Map.of("Content-Length", "1"),
                Map.of("X-Bad", "a\r\nX-Injected: b"),
                Map.of("bad name", "x"),
                Map.of("X-Twice", "1", "x-twice", "2"));
        for (Map<String, String> headers : refused) {
            try (SteppedClient other = new SteppedClient(settings -> settings.signer("mine", message -> headers))) {
                other.open().client.register(signedBy("mine"));

                other.client.publish(Event.of("x", 1));
                other.record();

                assertThat(other.transport.requests())
                        .as("%s", headers.keySet())
                        .isEmpty();
                assertThat(other.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.INVALID));
            }
        }
    }

    private static Webhook signedBy(String signer) {
        return Webhook.builder(SteppedClient.url("a"))
                .id("a")
                .events("*")
                .signer(Signer.custom(signer))
                .build();
    }

    @Test
    void transportThatThrowsDoesNotStopTheEngine() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> {
            throw new AssertionError("a defect");
        });

        publish("x");
        node.record();
        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.INVALID));

        node.transport.answerAll(request -> Answer.of(200));
        node.elapse(Duration.ofSeconds(6));
        assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.DELIVERED);
    }

    @Test
    void eventOfANodeThatOnlyPublishesIsDeliveredByAnother() {
        node.register("a", "*"); // never opened
        publish("x");
        assertThat(node.requestsTo("a")).isEmpty();

        try (SteppedClient other = new SteppedClient(node)) {
            other.open().step();

            assertThat(other.requestsTo("a")).hasSize(1);
        }
    }

    @Test
    void leaseOfADeadNodePassesAndAnotherTakesOver() {
        node.open().register("a", "*");
        // Born leased on a node that died between the insert and the hand-over.
        node.store
                .queue()
                .insert(List.of(new NewEvent(
                        FrozenEvent.of(Event.builder("x").id("e1").build(), node.clock.instant(), 1000)
                                .event(),
                        List.of(new NewDelivery("a", Optional.empty(), Duration.ofSeconds(60))))));

        try (SteppedClient other = new SteppedClient(node)) {
            other.open().elapse(Duration.ofSeconds(59));
            assertThat(other.requestsTo("a")).isEmpty();
            other.elapse(Duration.ofSeconds(2));
            assertThat(other.requestsTo("a")).hasSize(1);
        }
    }

    @Test
    void nodeThatLacksASignerPublishesForOthersThatHaveIt() {
        try (SteppedClient able =
                new SteppedClient(settings -> settings.signer("mine", message -> Map.of("X-Mine", "1")))) {
            able.open().client.register(signedBy("mine"));
            try (SteppedClient unable = new SteppedClient(able)) {
                assertThat(unable.open().client.publish(Event.of("x", 1)).deliveries())
                        .isEqualTo(1);
                unable.step();
                assertThat(unable.transport.requests()).isEmpty();

                able.elapse(Duration.ofSeconds(6));
                assertThat(able.requestsTo("a")).hasSize(1);
            }
        }
    }

    @Test
    void idThatIsUsedAgainAfterADayGetsEvents() {
        node.open().register("a", "*");
        try (SteppedClient other = new SteppedClient(node)) {
            node.client.remove("a");
            node.elapse(Duration.ofHours(25));
            other.client.register(SteppedClient.webhook("a", "*").build());
            node.elapse(Duration.ofSeconds(3));

            assertThat(publish("x").deliveries()).isEqualTo(1);
            assertThat(node.requestsTo("a")).hasSize(1);
        }
    }

    @Test
    void transportThatAnswersNothingUsesUpAttempts() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> null);

        publish("x");
        node.record();
        node.elapse(Duration.ofSeconds(3));

        assertThat(node.requestsTo("a")).hasSize(1);
        assertThat(node.attempts).extracting(Attempt::failure).containsExactly(Optional.of(Failure.INVALID));
    }

    /** Versions that do not fit together are nothing that a receiver could mend. */
    @Test
    void transportThatMissesAMethodUsesUpNoAttempt() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> {
            throw new NoSuchMethodError("missing");
        });

        publish("x");
        node.record();
        node.elapse(Duration.ofSeconds(3));
        node.transport.answerAll(request -> Answer.of(200));
        node.elapse(Duration.ofMinutes(2));

        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1);
        assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.DELIVERED);
    }

    @Test
    void policyThatAnswersForeverOrThrowsAnErrorHoldsUpNothing() {
        RetryPolicy forever = RetryPolicy.fixed(java.time.temporal.ChronoUnit.FOREVER.getDuration(), 3);
        RetryPolicy broken = attempt -> {
            throw new NoClassDefFoundError("missing");
        };
        for (RetryPolicy policy : List.of(forever, broken)) {
            try (SteppedClient other = new SteppedClient(settings -> settings.retryPolicy(policy))) {
                other.open().register("a", "*");
                other.transport.answerAll(request -> Answer.of(500));
                other.client.publish(Event.of("x", 1));
                other.record();

                assertThat(other.attempted).extracting(Delivery::state).containsExactly(DeliveryState.PENDING);
            }
        }
    }

    @Test
    void threadThatCannotBeStartedLosesNothing() {
        java.util.concurrent.atomic.AtomicBoolean full = new java.util.concurrent.atomic.AtomicBoolean(true);
        ManualClock clock = new ManualClock();
        FakeTransport transport = new FakeTransport();
        try (RealWebhookClient client = new ClientSettings()
                .store(ManualStore.on(clock))
                .transport(transport)
                .concurrencyPerWebhook(1)
                .on(new SteppedMachine(clock).sendBy(task -> {
                    if (full.getAndSet(false)) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    task.run();
                }))
                .build()) {
            client.lanes().open();
            client.register(SteppedClient.webhook("a", "*").build());

            assertThat(client.publish(Event.of("x", 1)).duplicate()).isFalse();
            assertThat(client.publish(Event.of("x", 2)).duplicate()).isFalse();
            client.engine().recorder().write();
            clock.advance(Duration.ofSeconds(2));
            client.engine().step();

            assertThat(transport.requests()).hasSize(2);
        }
    }

    @Test
    void scheduledEventWaitsForItsTime() {
        node.open().register("a", "*");

        node.client.publish(Event.builder("x")
                .deliverAt(node.clock.instant().plusSeconds(30))
                .build());
        node.elapse(Duration.ofSeconds(29));
        assertThat(node.requestsTo("a")).isEmpty();
        node.elapse(Duration.ofSeconds(2));
        assertThat(node.requestsTo("a")).hasSize(1);
    }

    @Test
    void removedWebhookGetsNoFurtherRequest() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> Answer.of(500));
        for (int i = 0; i < 1000; i++) {
            publish("x");
        }
        node.record();
        node.record();
        node.record();
        node.record();
        int sent = node.requestsTo("a").size();
        node.ended.clear();

        assertThat(node.client.remove("a")).isTrue();
        node.elapse(Duration.ofMinutes(10));

        assertThat(node.requestsTo("a")).hasSize(sent);
        assertThat(node.ended).hasSize(1000).allMatch(delivery -> delivery.state() == DeliveryState.CANCELED);
        assertThat(node.store.queue().due(10)).isEmpty();
        assertThat(publish("x").deliveries()).isZero();
        assertThat(node.client.remove("a")).isFalse();
    }

    /** Every five minutes all webhooks are read. */
    @Test
    void sendingGoesOnWhileReadingAllWebhooksFails() {
        boolean[] fails = {false};
        try (SteppedClient other = new SteppedClient(
                node,
                settings -> settings.store(ForwardingStore.withDocuments(
                        settings.store(), documents -> new ForwardingDocuments(documents) {
                            @Override
                            public List<Document> list(DocumentKind kind, TenantScope scope, String after, int limit) {
                                if (fails[0]) {
                                    throw new StoreException("away", true, new IllegalStateException());
                                }
                                return super.list(kind, scope, after, limit);
                            }
                        })))) {
            other.open().register("a", "*");
            fails[0] = true;
            other.elapse(Duration.ofMinutes(6));

            other.client.publish(Event.of("x", 1));
            other.elapse(Duration.ofSeconds(1));

            assertThat(other.requestsTo("a")).hasSize(1);
        }
    }

    @Test
    void deliveryThatANodeAddedTooLateToARemovedWebhookIsSwept() {
        node.open().register("a", "*");
        try (SteppedClient other = new SteppedClient(node)) {
            node.client.remove("a");
            assertThat(other.client.publish(Event.of("x", 1)).deliveries()).isEqualTo(1); // does not know yet

            node.elapse(Duration.ofSeconds(6));

            assertThat(node.requestsTo("a")).isEmpty();
            assertThat(node.ended).extracting(Delivery::state).containsExactly(DeliveryState.CANCELED);
        }
    }

    @Test
    void changeOnAnotherNodeIsSeenWithinTwoSeconds() {
        node.open().register("a", "one");
        try (SteppedClient other = new SteppedClient(node)) {
            other.client.register(SteppedClient.webhook("a", "two").build());
            node.elapse(Duration.ofSeconds(2));

            assertThat(publish("one").deliveries()).isZero();
            assertThat(publish("two").deliveries()).isEqualTo(1);
        }
    }

    @Test
    void lateResultOfALostLeaseChangesNothing() {
        node.open().register("a", "*");
        List<Attempt> seen = new ArrayList<>();
        try (SteppedClient other = new SteppedClient(node)) {
            other.open();
            node.transport.answerAll(request -> {
                node.clock.advance(Duration.ofSeconds(61)); // this node is stopped for longer than its lease
                other.step();
                seen.addAll(other.attempts);
                return Answer.of(500);
            });

            publish("x");
            node.record();

            assertThat(seen).hasSize(1);
            assertThat(node.attempts).isEmpty();
            assertThat(other.ended).extracting(Delivery::state).containsExactly(DeliveryState.DELIVERED);
        }
    }

    @Test
    void listenerThatThrowsHarmsNothing() {
        List<String> told = new ArrayList<>();
        try (SteppedClient other = new SteppedClient(settings -> settings.listener(new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                told.add(delivery.webhookId());
                throw new IllegalStateException("a defect");
            }
        }))) {
            other.open().register("a", "*");
            other.client.publish(Event.of("x", 1));
            other.client.publish(Event.of("x", 2));
            other.record();

            assertThat(told).containsExactly("a", "a");
            assertThat(other.ended).hasSize(2);
        }
    }
}
