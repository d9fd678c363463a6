package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.CapturedRequest;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.delivery.Timing;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Outcomes;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a store must tell of a delivery and of its attempts. */
abstract class HistoryContract extends RollupContract {
    /** A delivery as a list shows it; by its id, it looks the same. */
    final Delivery seen(String eventId, String webhookId) {
        Delivery listed = delivery(eventId, webhookId);
        assertThat(store.history().find(DeliveryId.parse(listed.id()).orElseThrow()))
                .contains(listed);
        return listed;
    }

    /** Cancels what the webhook has so far. */
    final void sweepAway(String webhookId) {
        elapse(TICK);
        sweep(Sweep.cancelStoredBefore(webhookId, store.now()), 10);
    }

    static void assertPending(Delivery delivery, int attempts, Instant nextAttemptAt) {
        assertThat(delivery.state()).isEqualTo(DeliveryState.PENDING);
        assertThat(delivery.attempts()).isEqualTo(attempts);
        assertThat(delivery.nextAttemptAt()).contains(nextAttemptAt);
        assertThat(delivery.endedAt()).isEmpty();
    }

    static void assertEnded(Delivery delivery, DeliveryState state, int attempts, Instant endedAt) {
        assertThat(delivery.state()).isEqualTo(state);
        assertThat(delivery.attempts()).isEqualTo(attempts);
        assertThat(delivery.nextAttemptAt()).isEmpty();
        assertThat(delivery.endedAt()).contains(endedAt);
    }

    static void assertNoLast(Delivery delivery) {
        assertThat(delivery.lastStatus()).isEmpty();
        assertThat(delivery.lastError()).isEmpty();
    }

    /** The last attempt failed and got this answer. */
    static void assertLast(Delivery delivery, int status) {
        assertThat(delivery.lastStatus()).hasValue(status);
        assertThat(delivery.lastError()).contains("answered " + status);
    }

    static void assertLastTaken(Delivery delivery, int status) {
        assertThat(delivery.lastStatus()).hasValue(status);
        assertThat(delivery.lastError()).isEmpty();
    }

    @Test
    void whatWasNeverAttemptedIsSeenPending() {
        Optional<String> acme = Optional.of("acme");
        StoredEvent event = event("other", acme, new byte[0]);
        Instant due = store.now().plusSeconds(9);
        publish("a", "1");
        store.queue().insert(List.of(dueAt(due, event("2"), "a"), due(event, "b")));

        Delivery delivery = seen("1", "a");
        assertPending(delivery, 0, store.now().minus(TICK));
        assertNoLast(delivery);
        assertThat(delivery.eventId()).isEqualTo("1");
        assertThat(delivery.eventType()).isEqualTo("user.made");
        assertThat(delivery.webhookId()).isEqualTo("a");
        assertThat(delivery.tenant()).isEmpty();
        assertThat(delivery.test()).isFalse();
        assertPending(seen("2", "a"), 0, due);
        Delivery others = store.history().find(DeliveryId.of(event.key(), "b")).orElseThrow();
        assertThat(others.tenant()).isEqualTo(acme);
        assertThat(others.publishedAt()).isEqualTo(DeliveryId.publishedAt(event.key()));
    }

    @Test
    void whatFailedIsSeenPendingWithItsAnswer() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        assertPending(seen("1", "a"), 0, store.now().plus(LEASE));
        record(failed(claimed, LEASE));

        assertPending(seen("1", "a"), 1, store.now().plus(LEASE));
        assertLast(seen("1", "a"), 500);
    }

    @Test
    void whatWasDeliveredAfterAFailureIsSeenWithoutItsError() {
        publish("a", "1");
        record(failed(claimOne("a"), LEASE));
        elapse(LEASE);
        record(delivered(claimOne("a")));
        Instant ended = answeredAt();
        elapse(LEASE);

        assertEnded(seen("1", "a"), DeliveryState.DELIVERED, 2, ended);
        assertLastTaken(seen("1", "a"), 200);
    }

    /** A webhook may have success codes of its own. */
    @Test
    void whetherAnAnswerWasAnErrorIsWhatWasRecordedOfIt() {
        publish("a", "1");
        publish("b", "2");
        Outcome taken = Outcomes.of(claimOne("a"), List.of(attempt(1, 302)), DeliveryState.DELIVERED, Duration.ZERO);
        Outcome not = Outcomes.of(claimOne("b"), List.of(attempt(1, 200)), DeliveryState.PENDING, LEASE);
        record(taken, not);

        assertLastTaken(seen("1", "a"), 302);
        assertLast(seen("2", "b"), 200);
        sweepAway("b");
        assertEnded(seen("2", "b"), DeliveryState.CANCELED, 1, store.now());
        assertLast(seen("2", "b"), 200);
    }

    @Test
    void whatGotNoAnswerIsSeenWithWhatFailed() {
        publish("a", "1", "2");
        List<Claimed> claimed = claim("a", 2);
        Attempt known = unanswered(2, Failure.TLS, Optional.of(FailureDetail.CERTIFICATE_EXPIRED));
        record(failed(claimed.get(0), Duration.ZERO), failed(claimed.get(1), Duration.ZERO));
        List<Claimed> again = claim("a", 2);
        record(
                Outcomes.of(again.get(0), List.of(known), DeliveryState.PENDING, LEASE),
                Outcomes.of(
                        again.get(1),
                        List.of(
                                unanswered(2, Failure.STALE, Optional.empty()),
                                unanswered(2, Failure.TIMEOUT, Optional.empty())),
                        DeliveryState.EXHAUSTED,
                        LEASE));

        assertThat(seen("1", "a").lastStatus()).isEmpty();
        assertThat(seen("1", "a").lastError()).contains(FailureDetail.CERTIFICATE_EXPIRED.text());
        assertThat(seen("2", "a").lastStatus()).isEmpty();
        assertThat(seen("2", "a").lastError()).contains("there was no answer in time");
        assertThat(seen("2", "a").attempts()).isEqualTo(2);
    }

    @Test
    void whatIsExhaustedAfterThreeAttemptsIsSeenWithTheLast() {
        publish("a", "1");
        record(failed(claimOne("a"), Duration.ZERO));
        record(failed(claimOne("a"), Duration.ZERO));
        Attempt last = attempt(3, 404);
        record(Outcomes.of(claimOne("a"), List.of(last), DeliveryState.EXHAUSTED, Duration.ZERO));

        assertEnded(seen("1", "a"), DeliveryState.EXHAUSTED, 3, answeredAt());
        assertLast(seen("1", "a"), 404);
    }

    @Test
    void whatASweepCanceledAfterTwoAttemptsIsSeenWithTheSecond() {
        publish("a", "1");
        record(failed(claimOne("a"), Duration.ZERO));
        record(failed(claimOne("a"), LEASE));

        sweepAway("a");

        assertEnded(seen("1", "a"), DeliveryState.CANCELED, 2, store.now());
        assertLast(seen("1", "a"), 500);
    }

    @Test
    void whatEndedWithoutAnyAttemptIsSeenWithoutOne() {
        publish("a", "1", "2");
        publish("b", "3");
        List<Claimed> claimed = claim("a", 2);
        record(
                new Outcome(claimed.get(0), List.of(), DeliveryState.EXHAUSTED, Duration.ZERO),
                new Outcome(claimed.get(1), List.of(), DeliveryState.ABANDONED, Duration.ZERO));
        Instant recorded = store.now();
        sweepAway("b");

        assertEnded(seen("1", "a"), DeliveryState.EXHAUSTED, 0, recorded);
        assertEnded(seen("2", "a"), DeliveryState.ABANDONED, 0, recorded);
        assertEnded(seen("3", "b"), DeliveryState.CANCELED, 0, store.now());
        for (Delivery each : List.of(seen("1", "a"), seen("2", "a"), seen("3", "b"))) {
            assertNoLast(each);
        }
    }

    @Test
    void whatEndedWithoutAnotherAttemptIsSeenWithTheLast() {
        publish("a", "1");
        record(failed(claimOne("a"), Duration.ZERO));
        record(new Outcome(claimOne("a"), List.of(), DeliveryState.EXHAUSTED, Duration.ZERO));

        assertEnded(seen("1", "a"), DeliveryState.EXHAUSTED, 1, store.now());
        assertLast(seen("1", "a"), 500);
    }

    private Attempt unanswered(int number, Failure failure, Optional<FailureDetail> detail) {
        return new Attempt(
                number,
                store.now().truncatedTo(ChronoUnit.MILLIS),
                TICK,
                OptionalInt.empty(),
                Optional.of(failure),
                detail,
                Optional.empty(),
                "",
                false);
    }

    // ---- ids

    @Test
    void eachDeliveryOfAnEventHasAnIdOfItsOwn() {
        StoredEvent event = event("1");
        store.queue().insert(List.of(due(event, "a", "b")));

        assertThat(deliveryId("1", "a")).isEqualTo(DeliveryId.of(event.key(), "a"));
        assertThat(deliveryId("1", "b")).isNotEqualTo(deliveryId("1", "a"));
        assertThat(seen("1", "a").webhookId()).isEqualTo("a");
        assertThat(seen("1", "b").webhookId()).isEqualTo("b");
    }

    @Test
    void idOfNoDeliveryFindsNothing() {
        StoredEvent event = event("1");
        store.queue().insert(List.of(due(event, "a")));
        UUID sameBeginning = new UUID(event.key().getMostSignificantBits(), 0x9000_0000_0000_0000L);

        for (DeliveryId id : List.of(
                DeliveryId.of(event.key(), "b"),
                DeliveryId.of(event.key(), "A"),
                DeliveryId.of(sameBeginning, "a"),
                DeliveryId.of(key(), "a"))) {
            assertThat(store.history().find(id)).isEmpty();
            assertThat(store.history().attempts(id)).isEmpty();
        }
    }

    /** The id has the first 60 bits of the key, and a hash of the rest. */
    @Test
    void idsOfEventsWhoseKeysBeginAlikeFindTheirOwn() {
        long high = key().getMostSignificantBits();
        List<UUID> keys = List.of(
                new UUID(high, 0x8000_0000_0000_0000L),
                new UUID(high, 0x8000_0000_0000_0001L),
                new UUID(high, 0xBFFF_FFFF_FFFF_FFFFL));
        keys.forEach(key -> store.queue().insert(List.of(due(event(key, key.toString(), "user.made"), "a", "b"))));
        claim("a", 3).forEach(each -> record(delivered(each)));

        for (UUID key : keys) {
            assertThat(seen(key.toString(), "a").state()).isEqualTo(DeliveryState.DELIVERED);
            assertThat(seen(key.toString(), "b").state()).isEqualTo(DeliveryState.PENDING);
            assertThat(store.history().attempts(DeliveryId.of(key, "a"))).hasSize(1);
        }
    }

    static StoredEvent event(UUID key, String id, String type) {
        Instant timestamp = Instant.parse("2026-03-29T01:30:00.123456Z");
        return new StoredEvent(
                key, id, NO_TENANT, type, timestamp, "application/json", true, Map.of(), new byte[] {'1'});
    }

    // ---- attempts

    @Test
    void detailsOfAttemptsAreReadAsTheyWereRecorded() {
        publish("a", "1");
        AttemptDetails stale = new AttemptDetails(
                unanswered(1, Failure.STALE, Optional.empty()),
                new Timing(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                "https://hooks.example.com",
                Optional.empty(),
                3,
                Optional.of(new CapturedRequest("PUT", Map.of(), "")),
                Map.of(),
                "");
        AttemptDetails repeated = new AttemptDetails(
                attempt(1, 503, "sp\u00e4ter"),
                new Timing(
                        Optional.of(Duration.ZERO),
                        Optional.of(Duration.ofMillis(12)),
                        Optional.empty(),
                        Optional.of(Duration.ofMillis(119))),
                "https://hooks.example.com:8443",
                Optional.empty(),
                4_000_000_000L,
                Optional.of(new CapturedRequest(
                        "POST",
                        Map.of("webhook-id", "1", "Authorization", "***", "X-Own", "a\\\"b: \u00fc\uD83D\uDE00"),
                        "{\"a\": \"\u20ac\n\"}")),
                Map.of("Content-Type", "text/html; charset=\"utf-8\"", "Retry-After", "9"),
                "node \u00fc-1");
        record(new Outcome(claimOne("a"), List.of(stale, repeated), DeliveryState.PENDING, Duration.ZERO));
        AttemptDetails bare = AttemptDetails.of(attempt(2, 200));
        record(new Outcome(claimOne("a"), List.of(bare), DeliveryState.DELIVERED, Duration.ZERO));

        assertThat(store.history().attempts(deliveryId("1", "a"))).containsExactly(stale, repeated, bare);
    }

    @Test
    void urlOfAnAttemptIsNotKept() {
        publish("a", "1");
        AttemptDetails attempt = AttemptDetails.of(attempt(1, 500));
        AttemptDetails withUrl = attempt.withUrl("https://hooks.example.com/secret");
        record(new Outcome(claimOne("a"), List.of(withUrl), DeliveryState.EXHAUSTED, Duration.ZERO));

        assertThat(store.history().attempts(deliveryId("1", "a"))).containsExactly(attempt);
    }

    @Test
    void oddTextInWhatWasCapturedNeverBlocksTheOutcome() {
        List<String> texts = List.of("a\u0000b", "\uD83D", "\uDE00x", "\uFFFE\uFFFF", "\\u0000", "\n\r\t\u001b", "{\"");
        publish("a", texts.stream().map(text -> "e" + texts.indexOf(text)).toArray(String[]::new));
        List<Outcome> outcomes = new ArrayList<>();
        List<Claimed> claimed = claim("a", texts.size());
        for (int i = 0; i < claimed.size(); i++) {
            String text = texts.get(i);
            AttemptDetails attempt = new AttemptDetails(
                    attempt(1, 200),
                    Timing.UNKNOWN,
                    "https://example.com",
                    Optional.empty(),
                    1,
                    Optional.of(new CapturedRequest("POST", Map.of("a" + text, text), text)),
                    Map.of("b" + text, text),
                    "node");
            outcomes.add(new Outcome(claimed.get(i), List.of(attempt), DeliveryState.DELIVERED, Duration.ZERO));
        }
        Collections.shuffle(outcomes);

        assertThat(store.queue().record(outcomes)).hasSize(texts.size());
        for (Claimed each : claimed) {
            String id = each.event().id();
            assertThat(seen(id, "a").state()).isEqualTo(DeliveryState.DELIVERED);
            assertThat(store.history().attempts(deliveryId(id, "a")))
                    .extracting(AttemptDetails::node)
                    .containsExactly("node");
        }
        assertThat(store.history().attempts(deliveryId("e6", "a")).get(0).answerHeaders())
                .isEqualTo(Map.of("b{\"", "{\""));
    }
}
