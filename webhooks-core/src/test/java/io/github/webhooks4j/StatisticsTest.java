package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.Statistics;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.transport.Transport.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client tells in numbers. */
class StatisticsTest {
    private final AtomicBoolean isAway = new AtomicBoolean();
    private final SteppedClient node = new SteppedClient(settings ->
            settings.store(ForwardingStore.withQueue(settings.store(), queue -> new ForwardingQueue(queue) {
                @Override
                public Set<Claim> record(List<Outcome> outcomes) {
                    if (isAway.get()) {
                        throw new StoreException("as if", true, new IOException("as if"));
                    }
                    return super.record(outcomes);
                }
            })));
    private final Statistics statistics = node.client.statistics();

    @AfterEach
    void close() {
        isAway.set(false);
        node.close();
    }

    private void publish(String type) {
        node.client.publish(Event.of(type, Map.of("n", 1)));
    }

    private List<HourlyCount> hourly(String webhookId) {
        Instant now = node.clock.now();
        return statistics.hourly(webhookId, now.minus(1, ChronoUnit.HOURS), now.plus(1, ChronoUnit.HOURS));
    }

    @Test
    void whatIsPublishedIsCountedWithItsDeliveries() {
        node.register("a", "x");
        node.register("b", "x");
        publish("x");
        publish("y");
        Event event = Event.builder("x").id("evt_1").build();
        node.client.publish(event);
        node.client.publish(event);

        assertThat(statistics.publishedEvents()).as("a duplicate is none").isEqualTo(3);
        assertThat(statistics.publishedDeliveries()).isEqualTo(4);
    }

    @Test
    void attemptsCountByWhatCameOfThemOnceTheyAreRecorded() {
        node.open().register("a", "*");
        node.transport.answer(
                SteppedClient.url("a"), Answer.of(503), Answer.failed(Failure.TIMEOUT), Answer.of(404), Answer.of(200));
        publish("x");
        assertThat(statistics.failed()).isEmpty();
        assertThat(statistics.buffered()).isEqualTo(1);
        node.record();
        assertThat(statistics.failed()).isEqualTo(Map.of("5xx", 1L));
        node.elapse(Duration.ofSeconds(6));
        node.elapse(Duration.ofMinutes(6));
        publish("y");
        node.record();

        assertThat(statistics.failed()).isEqualTo(Map.of("5xx", 1L, "TIMEOUT", 1L, "4xx", 1L));
        assertThat(statistics.exhausted()).isEqualTo(1);
        assertThat(statistics.delivered()).isEqualTo(1);
        assertThat(statistics.buffered()).isZero();
        assertThat(statistics.attempts().count()).as("of the last minutes").isBetween(2L, 4L);
    }

    @Test
    void troubleOfThisSideIsShownAndIsNoAttempt() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.failed(Failure.OURS));
        publish("x");
        node.record();

        assertThat(statistics.failed()).isEqualTo(Map.of("OURS", 1L));
        assertThat(statistics.attempts().count()).isZero();
        assertThat(hourly("a")).isEmpty();
    }

    @Test
    void staleConnectionIsAnAttemptOfItsOwn() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.failed(Failure.STALE), Answer.of(200));
        publish("x");
        node.record();

        assertThat(statistics.failed()).isEqualTo(Map.of("STALE", 1L));
        assertThat(statistics.delivered()).isEqualTo(1);
        assertThat(statistics.attempts().count()).isEqualTo(2);
    }

    @Test
    void timeFromPublishToDeliveredHasTheFailedAttempts() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.of(503));
        publish("x");
        node.elapse(Duration.ofSeconds(6));

        assertThat(statistics.delivered()).isEqualTo(1);
        assertThat(statistics.publishToDelivered().count()).isEqualTo(1);
        assertThat(statistics.publishToDelivered().p50()).isBetween(Duration.ofMillis(4_900), Duration.ofMillis(7_100));
        assertThat(statistics.attempts().p99()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void whatWaitsInMemoryIsQueuedAndWhatIsSentIsInFlight() {
        node.open().register("a", "*");
        int[] seen = new int[2];
        node.transport.answerAll(request -> {
            seen[0] = statistics.inFlight();
            return Answer.of(200);
        });
        publish("x");
        node.record();
        assertThat(seen[0]).isEqualTo(1);
        assertThat(statistics.inFlight()).isZero();

        isAway.set(true); // nothing new is started when too much is not recorded
        for (int i = 0; i < 600; i++) {
            publish("x");
        }
        assertThat(statistics.buffered()).isGreaterThanOrEqualTo(512);
        assertThat(statistics.queued()).isPositive();
        isAway.set(false);
        for (int i = 0; i < 5; i++) {
            node.elapse(Duration.ofSeconds(70));
        }
        assertThat(statistics.buffered()).isZero();
        assertThat(statistics.queued()).isZero();
        assertThat(statistics.delivered()).isEqualTo(601);
    }

    @Test
    void outcomeThatComesTooLateIsALostLease() {
        node.open().register("a", "*");
        isAway.set(true);
        publish("x");
        node.client.engine().recorder().write();
        node.clock.advance(Duration.ofMinutes(2));
        try (SteppedClient other = new SteppedClient(node)) {
            other.open().step();
            other.step();
        }
        isAway.set(false);
        node.clock.advance(Duration.ofMinutes(1));
        node.client.engine().recorder().write();

        assertThat(statistics.leaseLosses()).isEqualTo(1);
        assertThat(statistics.delivered()).isZero();
    }

    @Test
    void oldestDueIsWhatCouldBeSentAndIsNot() {
        node.register("a", "*"); // of a client that is not started, and so takes nothing on
        node.register("paused", "*");
        Instant published = node.clock.now();
        publish("x");
        try (SteppedClient full = new SteppedClient(node)) {
            assertThat(full.client.statistics().oldestDue()).isEmpty();
            full.client.pause("paused");
            node.clock.advance(Duration.ofSeconds(30));
            full.open().client.engine().step();

            assertThat(full.client.statistics().oldestDue()).contains(published);
            full.elapse(Duration.ofSeconds(10));
            assertThat(full.client.statistics().oldestDue())
                    .as("what is paused is left out")
                    .isEmpty();
        }
    }

    @Test
    void whatWasRedeliveredHasNoAgeOfYears() {
        node.open().register("a", "*");
        publish("x");
        node.record();
        String id = node.client
                .deliveries()
                .list(DeliveryQuery.all())
                .items()
                .get(0)
                .id();
        node.elapse(Duration.ofHours(1));
        node.client.deliveries().redeliver(id);
        node.clock.advance(Duration.ofSeconds(10));
        node.client.engine().step();

        assertThat(statistics.oldestDue()).isEqualTo(Optional.empty());
        assertThat(node.requestsTo("a")).hasSize(2);
    }

    @Test
    void openBreakersAreCounted() {
        node.open().register("a", "*");
        node.transport.answerAll(request -> Answer.of(503));
        for (int i = 0; i < 12; i++) {
            publish("x");
            node.record();
        }
        assertThat(statistics.breakersOpen()).isEqualTo(1);
        node.client.remove("a");
        assertThat(statistics.breakersOpen()).isZero();
    }

    @Test
    void canceledDeliveriesAreCounted() {
        node.open().register("a", "*");
        node.client.pause("a");
        publish("x");
        publish("x");
        node.client.remove("a");
        node.elapse(Duration.ofSeconds(10));

        assertThat(statistics.canceled()).isEqualTo(2);
    }

    @Test
    void countsByTheHourAreThoseOfAllNodes() {
        node.open().register("a", "*");
        node.transport.answer(SteppedClient.url("a"), Answer.of(503));
        publish("x");
        node.record();
        try (SteppedClient other = new SteppedClient(node)) {
            other.open();
            other.client.publish(Event.of("x", 1));
            other.record();
            node.elapse(Duration.ofMinutes(1));
            other.elapse(Duration.ofMinutes(1));
        }

        List<HourlyCount> counts = hourly("a");
        assertThat(counts)
                .extracting(HourlyCount::outcome, HourlyCount::failure, HourlyCount::count)
                .containsExactlyInAnyOrder(
                        tuple(DeliveryState.PENDING, "5xx", 1L), tuple(DeliveryState.DELIVERED, "", 2L));
        Instant now = node.clock.now();
        assertThat(statistics.hourly(now.minus(1, ChronoUnit.HOURS), now.plus(1, ChronoUnit.HOURS)))
                .extracting(HourlyCount::webhookId, HourlyCount::count)
                .containsOnly(tuple("", 1L), tuple("", 2L));
    }

    @Test
    void closingWritesWhatWasCounted() {
        SteppedClient first = new SteppedClient();
        first.open().register("a", "*");
        first.client.publish(Event.of("x", 1));
        first.client.engine().recorder().write();
        first.close();

        Instant now = first.clock.now();
        try (SteppedClient second = new SteppedClient(first)) {
            assertThat(second.client
                            .statistics()
                            .hourly("a", now.minus(1, ChronoUnit.HOURS), now.plus(1, ChronoUnit.HOURS)))
                    .extracting(HourlyCount::count)
                    .containsExactly(1L);
        }
    }

    @Test
    void clientOfATenantHasItsOwnCountsAndNoNumbersOfOthers() {
        node.open();
        WebhookClient acme = node.client.tenant("acme");
        acme.register(SteppedClient.webhook("a", "*").build());
        node.client.register(SteppedClient.webhook("b", "*").tenant("globex").build());
        acme.publish(Event.of("x", 1));
        node.client.publish(Event.builder("x").tenant("globex").build());
        node.record();
        node.elapse(Duration.ofMinutes(1));
        Instant from = node.clock.now().minus(1, ChronoUnit.HOURS);
        Instant to = node.clock.now().plus(1, ChronoUnit.HOURS);

        Statistics own = acme.statistics();
        assertThat(own.hourly(from, to))
                .extracting(HourlyCount::tenant, HourlyCount::count)
                .containsExactly(tuple(Optional.of("acme"), 1L));
        assertThat(own.hourly("a", from, to)).hasSize(1);
        assertThat(own.hourly("b", from, to)).isEmpty();
        assertThat(statistics.hourly(from, to)).extracting(HourlyCount::count).containsExactly(2L);
        assertThatThrownBy(own::delivered)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("has the counts by hour only: call hourly");
        assertThatThrownBy(own::queued).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void oldCountsAreForgottenWithTheHistory() {
        node.open().register("a", "*");
        publish("x");
        node.record();
        node.elapse(Duration.ofMinutes(2));
        Instant hour = node.clock.now().truncatedTo(ChronoUnit.HOURS);
        assertThat(statistics.hourly(hour, hour.plus(1, ChronoUnit.HOURS))).hasSize(1);
        node.elapse(Duration.ofDays(89));
        assertThat(statistics.hourly(hour, hour.plus(1, ChronoUnit.HOURS))).hasSize(1);
        node.elapse(Duration.ofDays(2));

        assertThat(statistics.hourly(hour, hour.plus(1, ChronoUnit.HOURS))).isEmpty();
    }

    @Test
    void testCallsDoNotCount() {
        node.open().register("a", "*");
        node.client.test(List.of("a"), Event.of("x", 1));
        node.elapse(Duration.ofMinutes(1));

        assertThat(statistics.publishedEvents()).isZero();
        assertThat(statistics.delivered()).isZero();
        assertThat(hourly("a")).isEmpty();
    }

    @Test
    void tooLongARangeIsRefused() {
        Instant now = node.clock.now();
        assertThatThrownBy(() -> statistics.hourly("a", now.minus(93, ChronoUnit.DAYS), now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 92 days; ask for fewer hours");
        assertThatThrownBy(() -> statistics.hourly(now.minus(93, ChronoUnit.DAYS), now))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
