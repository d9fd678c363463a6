package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.FailureDetail;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Outcomes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a store must hold to when outcomes are recorded. */
abstract class RecordContract extends LimitContract {
    @Test
    void deliveredDeliveryHasEnded() {
        publish("a", "1");
        Claimed claimed = claimOne("a");

        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());

        Delivery delivery = delivery("1", "a");
        assertThat(delivery.eventId()).isEqualTo("1");
        assertThat(delivery.eventType()).isEqualTo("user.made");
        assertThat(delivery.webhookId()).isEqualTo("a");
        assertThat(delivery.tenant()).isEmpty();
        assertThat(delivery.state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(delivery.attempts()).isEqualTo(1);
        assertThat(delivery.publishedAt())
                .isEqualTo(DeliveryId.publishedAt(claimed.claim().event()));
        assertThat(delivery.nextAttemptAt()).isEmpty();
        assertThat(delivery.endedAt()).contains(answeredAt());
        assertThat(delivery.lastStatus()).hasValue(200);
        assertThat(delivery.lastError()).isEmpty();
        assertThat(delivery.test()).isFalse();
        assertThat(store.history().find(DeliveryId.parse(delivery.id()).orElseThrow()))
                .contains(delivery);
        elapse(LEASE);
        assertThat(claim("a", 1)).isEmpty();
    }

    @Test
    void staleAttemptIsInTheHistoryBeforeItsRepetitionAndIsNotCounted() {
        publish("a", "1");
        Claimed first = claimOne("a");
        Attempt repeated = failed(first, LEASE).attempt().orElseThrow();

        record(Outcomes.of(first, List.of(stale(1), repeated), DeliveryState.PENDING, Duration.ZERO));

        assertThat(attempts("1", "a")).containsExactly(stale(1), repeated);
        Claimed second = claimOne("a");
        assertThat(second.attempts()).isEqualTo(1);
        Outcome last = delivered(second);
        Attempt counted = last.attempt().orElseThrow();
        record(Outcomes.of(second, List.of(stale(2), counted), last.state(), last.delay()));
        assertThat(delivery("1", "a").attempts()).isEqualTo(2);
        assertThat(attempts("1", "a")).containsExactly(stale(1), repeated, stale(2), counted);
    }

    private Attempt stale(int number) {
        return new Attempt(
                number,
                store.now().truncatedTo(ChronoUnit.MILLIS),
                TICK,
                OptionalInt.empty(),
                Optional.of(Failure.STALE),
                Optional.empty(),
                "",
                false);
    }

    @Test
    void failedDeliveryIsDueAgainAfterTheDelay() {
        publish("a", "1");
        Claimed first = claimOne("a");
        Duration delay = Duration.ofMinutes(5);
        elapse(Duration.ofSeconds(2));

        assertThat(record(failed(first, delay))).containsExactly(first.claim());

        Instant next = store.now().plus(delay);
        assertThat(delivery("1", "a").nextAttemptAt()).contains(next);
        elapse(delay.minus(TICK));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        Claimed second = claimOne("a");
        assertThat(second.dueAt()).isEqualTo(next);
        assertThat(second.firstDueAt()).isEqualTo(first.firstDueAt());
        assertThat(second.attempts()).isEqualTo(1);
        assertThat(second.claims()).isEqualTo(1);
        assertThat(second.claim().fence()).isGreaterThan(first.claim().fence());
    }

    @Test
    void lateFenceRecordsNothing() {
        publish("a", "1");
        Claimed late = claimOne("a");
        elapse(LEASE);
        Claimed current = claimOne("a");

        assertThat(record(delivered(late))).isEmpty();
        assertThat(record(failed(late, Duration.ZERO))).isEmpty();
        assertThat(state("1", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(attempts("1", "a")).isEmpty();
        assertThat(claim("a", 1)).isEmpty();
        assertThat(record(delivered(current))).hasSize(1);
    }

    @Test
    void expiredLeaseThatNobodyClaimedCanStillBeRecorded() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        elapse(LEASE.multipliedBy(2));

        assertThat(record(delivered(claimed))).hasSize(1);
    }

    @Test
    void batchRecordsThoseWhoseFenceMatches() {
        publish("a", "1", "2", "3", "4");
        List<Claimed> late = claim("a", 2);
        elapse(LEASE);
        List<Claimed> current = claim("a", 4);
        List<Outcome> outcomes = new ArrayList<>();
        late.forEach(each -> outcomes.add(delivered(each)));
        current.forEach(each -> outcomes.add(
                each.event().id().equals("3") ? failed(each, LEASE) : ended(each, DeliveryState.EXHAUSTED)));

        assertThat(store.queue().record(outcomes))
                .containsExactlyInAnyOrderElementsOf(
                        current.stream().map(Claimed::claim).toList());
        for (String id : List.of("1", "2", "4")) {
            assertThat(state(id, "a")).isEqualTo(DeliveryState.EXHAUSTED);
            assertThat(attempts(id, "a")).hasSize(1);
        }
        assertThat(state("3", "a")).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void unknownClaimRecordsNothing() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        Claim other = new Claim(UUID.randomUUID(), "a", 1);
        Claim elsewhere =
                new Claim(claimed.claim().event(), "b", claimed.claim().fence());

        assertThat(record(
                        Outcomes.of(
                                Outcomes.madeUp(other),
                                List.of(attempt(1, 200)),
                                DeliveryState.DELIVERED,
                                Duration.ZERO),
                        Outcomes.of(
                                Outcomes.madeUp(elsewhere),
                                List.of(attempt(1, 200)),
                                DeliveryState.DELIVERED,
                                Duration.ZERO)))
                .isEmpty();
        assertThat(Histories.find(store, NO_TENANT, "1", "b")).isEmpty();
    }

    @Test
    void recordOfNothingRecordsNothing() {
        assertThat(store.queue().record(List.of())).isEmpty();
    }

    @Test
    void claimIsRecordedOnceAndFoundRecordedByCallsThatRepeatIt() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        record(failed(claimed, Duration.ofHours(1)));

        assertThat(record(failed(claimed, Duration.ZERO))).containsExactly(claimed.claim());
        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
        assertThat(attempts("1", "a")).hasSize(1);
        assertThat(state("1", "a")).isEqualTo(DeliveryState.PENDING);
        elapse(TICK);
        assertThat(claim("a", 1)).isEmpty();
    }

    @Test
    void endsAreFoundRecordedByACallThatRepeatsThem() {
        publish("a", "1", "2", "3", "4");
        List<Claimed> claimed = claim("a", 4);
        Attempt counted = delivered(claimed.get(2)).attempt().orElseThrow();
        Outcome[] outcomes = {
            delivered(claimed.get(0)),
            Outcomes.of(claimed.get(1), List.of(), DeliveryState.EXHAUSTED, Duration.ZERO),
            Outcomes.of(claimed.get(2), List.of(stale(1), counted), DeliveryState.DELIVERED, Duration.ZERO),
            with(failed(claimed.get(3), LEASE), due(event("with it"), "b"))
        };
        Set<Claim> recorded = record(outcomes);

        assertThat(record(outcomes)).isEqualTo(recorded).hasSize(4);
        assertThat(attempts("1", "a")).hasSize(1);
        assertThat(attempts("2", "a")).isEmpty();
        assertThat(attempts("3", "a")).containsExactly(stale(1), counted);
        assertThat(state("2", "a")).isEqualTo(DeliveryState.EXHAUSTED);
        assertThat(ids(claim("b", 10))).containsExactly("with it");
    }

    @Test
    void outcomeIsFoundRecordedThoughOthersWentOnWithTheDelivery() {
        publish("a", "1", "2", "3");
        List<Claimed> first = claim("a", 3);
        first.forEach(each -> record(failed(each, Duration.ZERO)));
        List<Claimed> second = claim("a", 3);
        record(failed(second.get(0), LEASE), delivered(second.get(1)));

        assertThat(record(first.stream().map(each -> failed(each, LEASE)).toArray(Outcome[]::new)))
                .containsExactlyInAnyOrderElementsOf(
                        first.stream().map(Claimed::claim).toList());
        assertThat(attempts("1", "a")).extracting(Attempt::number).containsExactly(1, 2);
        assertThat(attempts("3", "a")).hasSize(1);
    }

    /** What others recorded may look the same to the last bit. */
    @Test
    void outcomeOfALostLeaseIsNotTakenForWhatOthersRecorded() {
        publish("a", "1", "2", "3", "4");
        List<Claimed> late = claim("a", 4);
        Outcome[] outcomes = {
            failed(late.get(0), Duration.ZERO),
            delivered(late.get(1)),
            Outcomes.of(late.get(2), List.of(), DeliveryState.EXHAUSTED, Duration.ZERO),
            failed(late.get(3), Duration.ZERO)
        };
        elapse(LEASE);
        List<Claimed> current = claim("a", 4);
        for (int i = 0; i < 3; i++) {
            Outcome same = outcomes[i];
            record(new Outcome(current.get(i), same.attempts(), same.state(), same.delay()));
        }
        store.queue().release(Map.of(current.get(3).claim(), current.get(3).dueAt()));

        assertThat(record(outcomes)).isEmpty();
        elapse(TICK);
        assertThat(ids(claim("a", 4))).containsExactlyInAnyOrder("1", "4");
        assertThat(record(outcomes)).isEmpty();
    }

    @Test
    void claimThatWasReleasedCannotBeRecorded() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        store.queue().release(Map.of(claimed.claim(), claimed.dueAt()));

        assertThat(record(delivered(claimed))).isEmpty();
        assertThat(state("1", "a")).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void firstOfTwoOutcomesOfOneClaimCounts() {
        publish("a", "1");
        Claimed claimed = claimOne("a");

        assertThat(record(failed(claimed, Duration.ofHours(1)), delivered(claimed)))
                .containsExactly(claimed.claim());
        assertThat(state("1", "a")).isEqualTo(DeliveryState.PENDING);
        assertThat(attempts("1", "a")).hasSize(1);
    }

    @Test
    void attemptsAreReadAsTheyWereRecorded() {
        publish("a", "1");
        Instant start = store.now();
        Attempt one = new Attempt(
                1,
                start,
                Duration.ofMillis(1),
                OptionalInt.empty(),
                Optional.of(Failure.TLS),
                Optional.of(FailureDetail.CERTIFICATE_EXPIRED),
                Optional.empty(),
                "",
                false);
        Attempt two = new Attempt(
                2,
                start.plusSeconds(1),
                Duration.ofSeconds(30),
                OptionalInt.of(503),
                Optional.empty(),
                Optional.of(Duration.ofSeconds(120)),
                "<html>später</html>",
                true);
        record(Outcomes.of(claimOne("a"), List.of(one), DeliveryState.PENDING, Duration.ZERO));
        record(Outcomes.of(claimOne("a"), List.of(two), DeliveryState.EXHAUSTED, Duration.ZERO));

        assertThat(attempts("1", "a")).containsExactly(one, two);
        assertThat(delivery("1", "a").attempts()).isEqualTo(2);
    }

    @Test
    void everyDetailIsReadAsItWasRecorded() {
        publish("a", "1");
        List<Attempt> attempts = new ArrayList<>();
        for (FailureDetail detail : FailureDetail.values()) {
            attempts.add(new Attempt(
                    attempts.size() + 1,
                    store.now().truncatedTo(ChronoUnit.MILLIS),
                    TICK,
                    OptionalInt.empty(),
                    Optional.of(detail.failure()),
                    Optional.of(detail),
                    Optional.empty(),
                    "",
                    false));
        }
        record(Outcomes.of(claimOne("a"), attempts, DeliveryState.EXHAUSTED, Duration.ZERO));

        assertThat(attempts("1", "a")).containsExactlyElementsOf(attempts);
    }

    @Test
    void attemptsAreInTheirOrder() {
        publish("a", "1");
        for (int i = 0; i < 12; i++) {
            record(failed(claimOne("a"), Duration.ZERO));
        }

        assertThat(attempts("1", "a"))
                .extracting(Attempt::number)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(claimOne("a").attempts()).isEqualTo(12);
    }

    @Test
    void attemptsBelongToOneDeliveryOfOneTenant() {
        store.queue()
                .insert(List.of(
                        due(event("1", Optional.of("acme"), new byte[0]), "a", "b"),
                        due(event("2"), "a"),
                        due(event("1"), "c")));
        claim("a", 10).forEach(each -> record(delivered(each)));

        assertThat(Histories.attempts(store, Optional.of("acme"), "1", "a")).hasSize(1);
        assertThat(Histories.attempts(store, Optional.of("acme"), "1", "b")).isEmpty();
        assertThat(attempts("1", "a")).isEmpty();
        assertThat(attempts("2", "a")).hasSize(1);
        assertThat(attempts("3", "a")).isEmpty();
        assertThat(Histories.find(store, Optional.of("acme"), "1", "a")
                        .orElseThrow()
                        .tenant())
                .contains("acme");
    }

    @Test
    void deliveryCanEndWithoutAnAttempt() {
        publish("a", "1");
        record(failed(claimOne("a"), Duration.ZERO));
        Claimed claimed = claimOne("a");

        assertThat(record(Outcomes.of(claimed, List.of(), DeliveryState.EXHAUSTED, Duration.ZERO)))
                .hasSize(1);
        assertThat(attempts("1", "a")).hasSize(1);
        Delivery delivery = delivery("1", "a");
        assertThat(delivery.state()).isEqualTo(DeliveryState.EXHAUSTED);
        assertThat(delivery.attempts()).isEqualTo(1);
    }

    @Test
    void oddExcerptsNeverBlockTheOutcome() {
        List<String> excerpts = List.of(
                "a\u0000b",
                "\u0000",
                "\uD83D",
                "\uDE00x",
                "\uFFFE\uFFFF",
                "\uD83D\uDE00".repeat(8192),
                "'; --",
                "\\",
                "");
        String[] ids = new String[excerpts.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "e" + i;
        }
        publish("a", ids);
        List<Outcome> outcomes = new ArrayList<>();
        List<Claimed> claimed = claim("a", 100);
        for (int i = 0; i < claimed.size(); i++) {
            Attempt attempt = attempt(1, 200, excerpts.get(i));
            outcomes.add(Outcomes.of(claimed.get(i), List.of(attempt), DeliveryState.DELIVERED, Duration.ZERO));
        }

        assertThat(store.queue().record(outcomes)).hasSize(excerpts.size());
        for (String id : ids) {
            assertThat(state(id, "a")).isEqualTo(DeliveryState.DELIVERED);
            assertThat(attempts(id, "a")).hasSize(1);
        }
        assertThat(attempts("e6", "a").get(0).excerpt()).isEqualTo("'; --");
    }

    @Test
    void excerptThatIsTooLongNeverBlocksTheOutcome() {
        publish("a", "1");
        Attempt attempt = attempt(1, 200, "x" + "\uD83D\uDE00".repeat(1_000_000));

        assertThat(record(Outcomes.of(claimOne("a"), List.of(attempt), DeliveryState.DELIVERED, Duration.ZERO)))
                .hasSize(1);
        assertThat(attempts("1", "a").get(0).status()).hasValue(200);
    }

    @Test
    void eventsOfAnOutcomeAreStoredIfItIsRecorded() {
        publish("a", "1", "2");
        Claimed late = claimOne("a");
        elapse(LEASE);
        List<Claimed> current = claim("a", 2);

        record(
                with(delivered(late), due(event("late"), "b")),
                with(
                        failed(current.get(0), LEASE),
                        due(event("failed"), "b"),
                        new NewEvent(event("nobody's"), List.of())),
                with(ended(current.get(1), DeliveryState.EXHAUSTED), due(event("ended"), "b")));

        assertThat(ids(claim("b", 10))).containsExactlyInAnyOrder("failed", "ended");
        assertThat(store.queue().insert(List.of(due(event("nobody's"), "b"))))
                .as("it is there")
                .isEmpty();
    }

    @Test
    void eventsOfTheFirstOfTwoOutcomesOfOneClaimAreStored() {
        publish("a", "1");
        Claimed claimed = claimOne("a");

        record(
                with(failed(claimed, LEASE), due(event("first"), "b")),
                with(delivered(claimed), due(event("second"), "b")));

        assertThat(ids(claim("b", 10))).containsExactly("first");
    }

    private static Outcome with(Outcome outcome, NewEvent... events) {
        return new Outcome(outcome.claimed(), outcome.attempts(), outcome.state(), outcome.delay(), List.of(events));
    }
}
