package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What was counted by hour. */
abstract class RollupContract extends SweepContract {
    private static final Instant HOUR = Instant.parse("2026-03-29T01:00:00Z");
    private static final Instant NEXT = HOUR.plus(1, ChronoUnit.HOURS);
    private static final Instant END = NEXT.plus(1, ChronoUnit.HOURS);
    private static final Optional<String> ACME = Optional.of("acme");
    private static final int MANY = 1000;

    private static HourlyCount delivered(String webhookId, Instant hour, long count) {
        return count(webhookId, NO_TENANT, hour, DeliveryState.DELIVERED, "", count);
    }

    private static HourlyCount count(
            String webhookId,
            Optional<String> tenant,
            Instant hour,
            DeliveryState outcome,
            String failure,
            long count) {
        return new HourlyCount(hour, webhookId, tenant, outcome, failure, count, Duration.ofMillis(10 * count));
    }

    private void add(HourlyCount... counts) {
        store.rollups().add(UUID.randomUUID(), 1, List.of(counts));
    }

    private List<HourlyCount> ofWebhook(String webhookId) {
        return store.rollups().ofWebhook(TenantScope.ALL, webhookId, HOUR, END, MANY);
    }

    private List<HourlyCount> totals(TenantScope scope) {
        return store.rollups().totals(scope, HOUR, END, MANY).orElseThrow();
    }

    @Test
    void whatNodesHaveCountedIsAddedUp() {
        add(delivered("a", HOUR, 2), count("a", NO_TENANT, HOUR, DeliveryState.PENDING, "5xx", 1));
        add(delivered("a", HOUR, 3), count("a", NO_TENANT, HOUR, DeliveryState.EXHAUSTED, "TIMEOUT", 4));
        add(delivered("b", HOUR, 7));

        assertThat(ofWebhook("a"))
                .containsExactlyInAnyOrder(
                        delivered("a", HOUR, 5),
                        count("a", NO_TENANT, HOUR, DeliveryState.PENDING, "5xx", 1),
                        count("a", NO_TENANT, HOUR, DeliveryState.EXHAUSTED, "TIMEOUT", 4));
        assertThat(totals(TenantScope.ALL)).contains(delivered("", HOUR, 12)).hasSize(3);
    }

    @Test
    void partIsAddedOnceHoweverOftenItIsRepeated() {
        UUID writer = UUID.randomUUID();
        store.rollups().add(writer, 1, List.of(delivered("a", HOUR, 1)));
        store.rollups().add(writer, 1, List.of(delivered("a", HOUR, 1)));
        store.rollups().add(writer, 2, List.of(delivered("a", HOUR, 1)));
        store.rollups().add(writer, 2, List.of(delivered("a", HOUR, 1)));
        store.rollups().add(writer, 1, List.of(delivered("a", HOUR, 1)));
        store.rollups().add(UUID.randomUUID(), 1, List.of(delivered("a", HOUR, 1)));

        assertThat(ofWebhook("a")).containsExactly(delivered("a", HOUR, 3));
    }

    @Test
    void eachOutcomeAndFailureIsCountedByItself() {
        List<HourlyCount> all = new ArrayList<>();
        for (DeliveryState outcome : DeliveryState.values()) {
            for (String failure : List.of("", "4xx", "5xx", "DNS", "other status")) {
                all.add(count("a", ACME, HOUR, outcome, failure, all.size() + 1));
            }
        }
        store.rollups().add(UUID.randomUUID(), 1, all);

        assertThat(ofWebhook("a")).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void manyAtOnceLoseNothing() throws Exception {
        List<HourlyCount> part = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            part.add(delivered("w" + (i * 37) % 50, HOUR, 1));
        }
        AtomicInteger parts = new AtomicInteger();
        inThreads(4, () -> {
            UUID writer = UUID.randomUUID();
            for (int i = 1; i <= 5; i++) {
                store.rollups().add(writer, i, part);
                parts.incrementAndGet();
            }
            return writer;
        });

        assertThat(totals(TenantScope.ALL)).containsExactly(delivered("", HOUR, 50L * parts.get()));
        assertThat(ofWebhook("w7")).containsExactly(delivered("w7", HOUR, parts.get()));
    }

    /** As when the answer to a commit was lost, and the part comes again while the commit is still going on. */
    @Test
    void samePartAtOnceIsAddedOnce() throws Exception {
        UUID writer = UUID.randomUUID();
        for (int i = 1; i <= 5; i++) {
            int number = i;
            inThreads(3, () -> {
                store.rollups().add(writer, number, List.of(delivered("a", HOUR, 1)));
                return number;
            });
        }

        assertThat(ofWebhook("a")).containsExactly(delivered("a", HOUR, 5));
    }

    @Test
    void rangeBeginsWithTheHourOfItsStartAndEndsBeforeItsEnd() {
        add(
                delivered("a", HOUR.minus(1, ChronoUnit.HOURS), 1),
                delivered("a", HOUR, 2),
                delivered("a", NEXT, 3),
                delivered("a", END, 4));

        assertThat(store.rollups().ofWebhook(TenantScope.ALL, "a", HOUR.plusSeconds(60), END, MANY))
                .containsExactly(delivered("a", HOUR, 2), delivered("a", NEXT, 3));
        assertThat(store.rollups().totals(TenantScope.ALL, HOUR, NEXT.plusSeconds(1), MANY))
                .contains(List.of(delivered("", HOUR, 2), delivered("", NEXT, 3)));
        assertThat(store.rollups().ofWebhook(TenantScope.ALL, "a", END, HOUR, MANY))
                .isEmpty();
        assertThat(store.rollups().totals(TenantScope.ALL, END, HOUR, MANY)).contains(List.of());
        assertThat(store.rollups().ofWebhook(TenantScope.ALL, "a", HOUR, END, 1))
                .containsExactly(delivered("a", HOUR, 2));
    }

    @Test
    void totalsOverMoreThanTheBudgetAreRefused() {
        add(delivered("a", HOUR, 1), delivered("b", HOUR, 1), delivered("c", HOUR, 1));

        assertThat(store.rollups().totals(TenantScope.ALL, HOUR, END, 2)).isEmpty();
        assertThat(store.rollups().totals(TenantScope.ALL, HOUR, END, 3)).contains(List.of(delivered("", HOUR, 3)));
    }

    @Test
    void countsOfTenantsAreApart() {
        HourlyCount ofAcme = count("a", ACME, HOUR, DeliveryState.DELIVERED, "", 1);
        add(
                ofAcme,
                count("b", ACME, HOUR, DeliveryState.DELIVERED, "", 2),
                count("c", Optional.of("globex"), HOUR, DeliveryState.DELIVERED, "", 4),
                delivered("d", HOUR, 8));

        assertThat(totals(TenantScope.of(ACME))).containsExactly(count("", ACME, HOUR, DeliveryState.DELIVERED, "", 3));
        assertThat(totals(TenantScope.NONE)).containsExactly(delivered("", HOUR, 8));
        assertThat(totals(TenantScope.ALL)).containsExactly(delivered("", HOUR, 15));
        assertThat(store.rollups().ofWebhook(TenantScope.of(ACME), "a", HOUR, END, MANY))
                .containsExactly(ofAcme);
        assertThat(store.rollups().ofWebhook(TenantScope.of(Optional.of("globex")), "a", HOUR, END, MANY))
                .isEmpty();
        assertThat(store.rollups().ofWebhook(TenantScope.NONE, "a", HOUR, END, MANY))
                .isEmpty();
    }

    @Test
    void oldCountsAreForgottenTheOldestFirst() {
        Instant now = store.now();
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        add(
                delivered("c", hour.minus(3, ChronoUnit.DAYS), 1),
                delivered("b", hour.minus(2, ChronoUnit.DAYS), 2),
                delivered("a", hour.minus(1, ChronoUnit.DAYS), 3),
                delivered("a", hour, 4));
        Instant before = now.minus(23, ChronoUnit.HOURS);

        assertThat(store.rollups().forget(before, 2)).isEqualTo(2);
        assertThat(store.rollups()
                        .totals(TenantScope.ALL, now.minus(9, ChronoUnit.DAYS), now.plus(1, ChronoUnit.HOURS), MANY))
                .contains(List.of(delivered("", hour.minus(1, ChronoUnit.DAYS), 3), delivered("", hour, 4)));
        assertThat(store.rollups().forget(before, 2)).isEqualTo(1);
        assertThat(store.rollups().forget(before, 2)).isZero();
        assertThat(store.rollups()
                        .totals(TenantScope.ALL, now.minus(9, ChronoUnit.DAYS), now.plus(1, ChronoUnit.HOURS), MANY))
                .contains(List.of(delivered("", hour, 4)));
    }

    @Test
    void writerThatWasAwayForLongGoesOn() {
        UUID writer = UUID.randomUUID();
        store.rollups().add(writer, 1, List.of(delivered("a", HOUR, 1)));
        elapse(Duration.ofDays(8));
        store.rollups().forget(HOUR, MANY);
        store.rollups().add(writer, 2, List.of(delivered("a", HOUR, 1)));
        store.rollups().add(writer, 2, List.of(delivered("a", HOUR, 1)));

        assertThat(ofWebhook("a")).containsExactly(delivered("a", HOUR, 2));
    }
}
