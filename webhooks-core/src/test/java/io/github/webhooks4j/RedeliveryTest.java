package io.github.webhooks4j;

import static io.github.webhooks4j.delivery.DeliveryState.CANCELED;
import static io.github.webhooks4j.delivery.DeliveryState.DELIVERED;
import static io.github.webhooks4j.delivery.DeliveryState.EXHAUSTED;
import static io.github.webhooks4j.delivery.DeliveryState.PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.history.Bulk;
import io.github.webhooks4j.history.DeliveryDetails;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What people do with deliveries by hand, and what a running client makes of it. */
class RedeliveryTest {
    private final SteppedClient node = new SteppedClient(
            settings -> settings.retryPolicy(RetryPolicy.schedule(Duration.ofSeconds(2), Duration.ofSeconds(4))));

    @AfterEach
    void close() {
        node.close();
    }

    private void publish(String eventId) {
        node.client.publish(
                Event.builder("order.made").id(eventId).data(Map.of("n", 1)).build());
        node.record();
    }

    private Delivery delivery(String eventId, String webhookId) {
        return node.client
                .deliveries()
                .list(DeliveryQuery.all().event(eventId).webhook(webhookId))
                .items()
                .get(0);
    }

    private Redelivery redeliver(String eventId) {
        Redelivery done =
                node.client.deliveries().redeliver(delivery(eventId, "a").id());
        node.step();
        return done;
    }

    private void answer(int status) {
        node.transport.answerAll(request -> Answer.of(status));
    }

    private void exhaust(String eventId) {
        publish(eventId);
        node.elapse(Duration.ofSeconds(2));
        node.elapse(Duration.ofSeconds(4));
        assertThat(delivery(eventId, "a").state()).isEqualTo(EXHAUSTED);
    }

    // ---- redeliver

    @Test
    void pendingDeliveryIsAttemptedNowAndStaysInItsSchedule() {
        node.open().register("a", "*");
        answer(500);
        publish("e");
        node.elapse(Duration.ofSeconds(1));

        assertThat(redeliver("e")).isEqualTo(Redelivery.DUE);
        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 2);
        assertThat(delivery("e", "a").nextAttemptAt())
                .as("the delay after attempt 2, from now")
                .contains(node.clock.instant().plusSeconds(4));
        node.elapse(Duration.ofSeconds(1));
        assertThat(node.requestsTo("a")).as("attempt 2 was due here").hasSize(2);
        node.elapse(Duration.ofSeconds(3));

        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
        assertThat(delivery("e", "a").state()).isEqualTo(EXHAUSTED);
        node.elapse(Duration.ofDays(1));
        assertThat(node.requestsTo("a")).hasSize(3);
    }

    @Test
    void exhaustedDeliveryGetsOneMoreAttemptAndIsExhaustedAgain() {
        node.open().register("a", "*");
        answer(500);
        exhaust("e");
        node.ended.clear();

        assertThat(redeliver("e")).isEqualTo(Redelivery.DUE);

        assertThat(node.attempts).extracting(Attempt::number).containsExactly(1, 2, 3, 4);
        assertThat(node.ended).extracting(Delivery::state).containsExactly(EXHAUSTED);
        assertThat(delivery("e", "a"))
                .extracting(Delivery::state, Delivery::attempts)
                .containsExactly(EXHAUSTED, 4);
        node.elapse(Duration.ofDays(1));
        assertThat(node.requestsTo("a")).hasSize(4);
    }

    @Test
    void exhaustedDeliveryThatArrivesIsDelivered() {
        node.open().register("a", "*");
        answer(500);
        exhaust("e");
        answer(200);

        assertThat(redeliver("e")).isEqualTo(Redelivery.DUE);

        Delivery delivery = delivery("e", "a");
        assertThat(delivery.state()).isEqualTo(DELIVERED);
        assertThat(delivery.lastStatus()).hasValue(200);
        assertThat(delivery.lastError()).isEmpty();
    }

    /** Also its webhook, which would fail if nobody knew that this one had been delivered. */
    @Test
    void deliveredDeliveryThatFailsIsStillDelivered() {
        node.open().register("a", "*");
        answer(200);
        publish("e");
        answer(500);

        assertThat(redeliver("e")).isEqualTo(Redelivery.DUE);

        Delivery delivery = delivery("e", "a");
        assertThat(delivery.state()).isEqualTo(DELIVERED);
        assertThat(delivery.lastStatus()).hasValue(500);
        assertThat(delivery.lastError()).contains("answered 500");
        assertThat(delivery.attempts()).isEqualTo(2);
        assertThat(node.ended).extracting(Delivery::state).containsExactly(DELIVERED, DELIVERED);
        node.elapse(Duration.ofDays(1));
        assertThat(node.requestsTo("a")).hasSize(2);
    }

    @Test
    void redeliveredDeliveryIsSignedWithTheKeysOfTodayAndHasItsId() {
        node.open().register("a", "*");
        answer(500);
        exhaust("e");
        node.client.rotateSecret("a", Duration.ZERO);
        String before = node.requestsTo("a").get(2).headers().get("webhook-signature");

        redeliver("e");

        Map<String, String> headers = node.requestsTo("a").get(3).headers();
        assertThat(headers).containsEntry("webhook-id", "e");
        assertThat(headers.get("webhook-signature")).isNotEqualTo(before);
    }

    @Test
    void pausedWebhookHoldsARedeliveryAndSendsItFirst() {
        node.open().register("a", "*");
        answer(500);
        exhaust("e");
        answer(200);
        node.client.pause("a");
        node.step();
        publish("later");

        assertThat(redeliver("e")).isEqualTo(Redelivery.HELD);
        assertThat(node.requestsTo("a")).hasSize(3);
        assertThat(delivery("e", "a").state()).isEqualTo(PENDING);
        node.client.resume("a");
        node.step();

        assertThat(node.requestsTo("a").subList(3, 5))
                .extracting(request -> request.headers().get("webhook-id"))
                .containsExactly("e", "later");
    }

    @Test
    void webhookThatGetsNothingGetsNoRedelivery() {
        node.open().register("a", "*");
        answer(500);
        exhaust("e");
        node.client.disable("a");
        node.step();
        assertThat(redeliver("e")).isEqualTo(Redelivery.NO_WEBHOOK);

        node.client.remove("a");
        node.step();
        assertThat(redeliver("e")).isEqualTo(Redelivery.NO_WEBHOOK);
        assertThat(delivery("e", "a").state()).isEqualTo(EXHAUSTED);
    }

    @Test
    void whatIsNoIdIsNotFound() {
        for (String id : List.of("", "x", UUID.randomUUID().toString(), "00000000-0000-8000-8000-000000000000")) {
            assertThat(node.client.deliveries().redeliver(id)).isEqualTo(Redelivery.NOT_FOUND);
            assertThat(node.client.deliveries().cancel(id)).isEqualTo(Cancellation.NOT_FOUND);
            assertThat(node.client.deliveries().find(id)).isEmpty();
        }
    }

    // ---- cancel

    @Test
    void canceledDeliveryIsNotSentAndListenersAreTold() {
        node.open().register("a", "*");
        answer(500);
        publish("e");

        assertThat(node.client.deliveries().cancel(delivery("e", "a").id())).isEqualTo(Cancellation.CANCELED);
        node.elapse(Duration.ofDays(1));

        assertThat(node.requestsTo("a")).hasSize(1);
        assertThat(node.ended).extracting(Delivery::state).containsExactly(CANCELED);
        assertThat(node.client.deliveries().cancel(delivery("e", "a").id())).isEqualTo(Cancellation.ALREADY_ENDED);
    }

    // ---- find

    @Test
    void detailsShowTheUrlAsLongAsTheWebhookIsTheSame() {
        Webhook webhook = node.open().register("a", "*");
        answer(500);
        publish("e");
        DeliveryDetails details =
                node.client.deliveries().find(delivery("e", "a").id()).orElseThrow();

        assertThat(details.delivery()).isEqualTo(delivery("e", "a"));
        AttemptDetails attempt = details.attempts().get(0);
        assertThat(attempt.attempt().status()).hasValue(500);
        assertThat(attempt.url()).contains(SteppedClient.url("a"));
        assertThat(attempt.origin()).isEqualTo("https://a.example.com");

        node.client.update(
                webhook.toBuilder().url("https://b.example.com/other").build());
        AttemptDetails later = node.client
                .deliveries()
                .find(delivery("e", "a").id())
                .orElseThrow()
                .attempts()
                .get(0);
        assertThat(later.url()).isEmpty();
        assertThat(later.origin()).isEqualTo("https://a.example.com");
    }

    @Test
    void cursorsThatAreNoneAreRefused() {
        for (String after : List.of("", "x", "!".repeat(30), "A".repeat(22) + "\0", "A".repeat(22) + "a".repeat(65))) {
            assertThatThrownBy(() ->
                            node.client.deliveries().list(DeliveryQuery.all().after(after)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("pass Page.next");
        }
    }

    // ---- many at once

    @Test
    void whatWasExhaustedOrCanceledIsRecoveredOnce() {
        node.open().register("a", "*");
        answer(400);
        for (int i = 0; i < 5; i++) {
            exhaust("e" + i);
        }
        publish("canceled");
        node.client.deliveries().cancel(delivery("canceled", "a").id());
        answer(200);
        publish("fine");
        int before = node.requestsTo("a").size();

        Bulk recovery = node.client.deliveries().recover(DeliveryQuery.all().webhook("a"));
        assertThat(recovery.count()).isEqualTo(6);
        List<Long> progress = new ArrayList<>();
        assertThat(recovery.run(progress::add)).isEqualTo(6);
        assertThat(progress).last().isEqualTo(6L);
        assertThat(recovery.run()).isZero();
        assertThat(node.client.deliveries().recover(DeliveryQuery.all()).count())
                .isZero();
        node.elapse(Duration.ofSeconds(10));

        assertThat(node.requestsTo("a").subList(before, before + 6))
                .extracting(request -> request.headers().get("webhook-id"))
                .containsExactlyInAnyOrder("e0", "e1", "e2", "e3", "e4", "canceled");
        assertThat(node.client.deliveries().list(DeliveryQuery.all()).items())
                .hasSize(7)
                .allMatch(delivery -> delivery.state() == DELIVERED);
    }

    @Test
    void whatIsExhaustedAgainIsNotRecoveredByTheSameRecovery() {
        node.open().register("a", "*");
        answer(500);
        exhaust("e");
        Bulk recovery = node.client.deliveries().recover(DeliveryQuery.all());
        node.clock.advance(Duration.ofSeconds(1));

        assertThat(recovery.run()).isEqualTo(1);
        node.elapse(Duration.ofSeconds(10));

        assertThat(delivery("e", "a").state()).isEqualTo(EXHAUSTED);
        assertThat(recovery.run()).isZero();
        assertThat(node.client.deliveries().recover(DeliveryQuery.all()).count())
                .isEqualTo(1);
    }

    @Test
    void onlyWhatEndedWithoutArrivingIsRecovered() {
        for (DeliveryState state : List.of(PENDING, DELIVERED, DeliveryState.ABANDONED)) {
            assertThatThrownBy(() ->
                            node.client.deliveries().recover(DeliveryQuery.all().states(state)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("only what is EXHAUSTED or CANCELED can be recovered");
        }
    }

    @Test
    void webhookGetsWhatItNeverGot() {
        node.open().register("old", "*");
        publish("before");
        node.clock.advance(Duration.ofMinutes(1));
        Instant since = node.clock.instant();
        publish("e1");
        node.clock.advance(Duration.ofSeconds(1)); // events of one instant are in no order
        publish("e2");
        node.client.publish(Event.of("other.type", Map.of()));
        node.client.publish(
                Event.builder("order.made").tenant("acme").data(Map.of()).build());
        node.clock.advance(Duration.ofSeconds(1));
        node.register("a", "order.*");
        publish("e3");
        node.clock.advance(Duration.ofSeconds(1));

        Bulk replay = node.client.deliveries().replay("a", since);
        assertThat(replay.count()).isEqualTo(2);
        assertThat(replay.run()).isEqualTo(2);
        assertThat(replay.run()).isZero();
        assertThat(node.client.deliveries().replay("a", since).count()).isZero();
        node.elapse(Duration.ofSeconds(1));

        assertThat(node.requestsTo("a"))
                .extracting(request -> request.headers().get("webhook-id"))
                .containsExactly("e3", "e1", "e2");
    }

    @Test
    void nothingIsReplayedToAWebhookThatGetsNothing() {
        node.open().register("a", "*");
        node.client.disable("a");

        assertThatThrownBy(() -> node.client.deliveries().replay("a", Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("call resume(\"a\") first");
        assertThatThrownBy(() -> node.client.deliveries().replay("b", Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no webhook \"b\"");
    }
}
