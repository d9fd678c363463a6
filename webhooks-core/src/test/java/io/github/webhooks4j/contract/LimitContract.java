package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.store.DeliveryStore.Claim;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import io.github.webhooks4j.store.DeliveryStore.LimitedClaims;
import io.github.webhooks4j.store.DeliveryStore.LimitedRoom;
import io.github.webhooks4j.store.DeliveryStore.NewEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Claims of webhooks whose rate is limited. */
abstract class LimitContract extends ClaimContract {
    private static final Duration AT_ONCE = Duration.ofMillis(250);
    private static final RateLimit LIMIT = RateLimit.of(5, Duration.ofSeconds(1));

    private LimitedClaims limited(String webhookId, int room) {
        return store.claimLimited(Map.of(webhookId, new LimitedRoom(room, LIMIT, AT_ONCE)), LEASE);
    }

    /** Claims again at once if the store asks for it, as it may when it sees the webhook for the first time. */
    private List<Claimed> claimed(String webhookId, int room) {
        LimitedClaims claims = limited(webhookId, room);
        return claims.claimed().isEmpty() ? limited(webhookId, room).claimed() : claims.claimed();
    }

    private void publishMany(String webhookId, int count) {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(due(event(webhookId + i), webhookId));
        }
        store.insert(events);
    }

    @Test
    void noMoreIsClaimedThanTheLimitAllowsAndTheEarliestFirst() {
        publish("a", "1", "2", "3", "4", "5", "6", "7", "8", "9");

        int burst = LIMIT.available(Instant.EPOCH, store.now(), AT_ONCE);
        assertThat(ids(claimed("a", 9))).containsExactly("1", "2", "3").hasSize(burst);
        LimitedClaims refused = limited("a", 9);
        assertThat(refused.claimed()).isEmpty();
        Duration wait = refused.waits().get("a");
        assertThat(wait).isPositive();

        elapse(wait.minus(TICK));
        assertThat(limited("a", 9).claimed()).isEmpty();
        elapse(TICK);
        assertThat(ids(limited("a", 9).claimed())).containsExactly("4");
        elapse(Duration.ofMillis(400));
        assertThat(ids(limited("a", 9).claimed())).containsExactly("5", "6");
    }

    @Test
    void whatIsNotDueUsesNothingUp() {
        publish("a", "1");
        assertThat(claimed("a", 9)).hasSize(1);
        LimitedClaims nothing = limited("a", 9);
        assertThat(nothing.claimed()).isEmpty();
        assertThat(nothing.waits()).isEmpty();

        publishMany("a", 9);
        assertThat(limited("a", 9).claimed()).hasSize(2);
    }

    @Test
    void eachWebhookHasItsOwnLimitAndOthersGetWhatTheyAskFor() {
        publishMany("a", 9);
        publishMany("b", 9);
        Map<String, LimitedRoom> room = Map.of(
                "a",
                new LimitedRoom(9, LIMIT, AT_ONCE),
                "b",
                new LimitedRoom(9, RateLimit.of(1_000, Duration.ofSeconds(1)), AT_ONCE));
        List<Claimed> claimed = new ArrayList<>(store.claimLimited(room, LEASE).claimed());
        claimed.addAll(store.claimLimited(room, LEASE).claimed());

        assertThat(claimed)
                .filteredOn(each -> each.claim().webhookId().equals("a"))
                .hasSize(3);
        assertThat(claimed)
                .filteredOn(each -> each.claim().webhookId().equals("b"))
                .hasSize(9);
    }

    @Test
    void limitedClaimIsAClaimLikeAnyOther() {
        publish("a", "1");
        Claimed claimed = claimed("a", 1).get(0);

        assertThat(claim("a", 1)).isEmpty();
        assertThat(record(delivered(claimed))).containsExactly(claimed.claim());
    }

    @Test
    void fasterLimitIsNotHeldUpByWhatASlowerOneUsed() {
        publishMany("a", 9);
        RateLimit daily = RateLimit.of(1, Duration.ofDays(1));
        LimitedClaims one = store.claimLimited(Map.of("a", new LimitedRoom(9, daily, AT_ONCE)), LEASE);
        if (one.claimed().isEmpty()) {
            one = store.claimLimited(Map.of("a", new LimitedRoom(9, daily, AT_ONCE)), LEASE);
        }
        assertThat(one.claimed()).hasSize(1);
        assertThat(one.waits().get("a")).isGreaterThan(Duration.ofHours(20));

        elapse(Duration.ofSeconds(1));
        assertThat(limited("a", 9).claimed()).hasSize(3);
    }

    @Test
    void limitHoldsWhateverTheTimesAtWhichItIsAskedFor() {
        publishMany("a", 120);
        Random random = new Random(20260);
        List<Instant> times = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            Instant now = store.now();
            limited("a", 1 + random.nextInt(9)).claimed().forEach(each -> times.add(now));
            elapse(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(1_500) : random.nextInt(150)));
        }

        assertThat(times).hasSizeGreaterThan(40);
        for (int from = 0; from < times.size(); from++) {
            for (int to = from; to < times.size(); to++) {
                double seconds =
                        Duration.between(times.get(from), times.get(to)).toNanos() / 1e9;
                assertThat((double) to - from + 1).isLessThanOrEqualTo(LIMIT.burst() + LIMIT.requests() * seconds);
            }
        }
    }

    @Test
    void limitHoldsWhenManyClaimAtOnce() throws Exception {
        publishMany("a", 60);
        claimed("a", 1); // there is a row now

        List<Set<Claim>> perThread = inThreads(6, () -> {
            Set<Claim> mine = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                limited("a", 9).claimed().forEach(each -> mine.add(each.claim()));
            }
            return mine;
        });

        Set<Claim> all = new HashSet<>();
        perThread.forEach(all::addAll);
        assertThat(perThread.stream().mapToInt(Set::size).sum())
                .as("none twice")
                .isEqualTo(all.size());
        assertThat(all).hasSize(2);
        assertThat(Collections.disjoint(perThread.get(0), perThread.get(1))).isTrue();
    }

    @Test
    void removedWebhookLeavesNothingOfItsLimit() {
        store.saveWebhook(webhook("a"));
        publishMany("a", 9);
        assertThat(claimed("a", 9)).hasSize(3);
        store.removeWebhook("a");

        assertThat(claimed("a", 9)).as("a new webhook of this id begins anew").hasSize(3);
    }
}
