package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Claims of webhooks whose rate is limited. */
abstract class LimitContract extends ClaimContract {
    private static final Duration AT_ONCE = Duration.ofMillis(250);
    private static final RateLimit LIMIT = RateLimit.of(5, Duration.ofSeconds(1));

    private ClaimBatch limited(String webhookId, int room) {
        return store.queue().claim(List.of(Want.within(LIMIT, AT_ONCE, webhookId, room)), LEASE);
    }

    /** Claims again at once if the store asks for it, as it may when it sees the webhook for the first time. */
    private List<Claimed> claimed(String webhookId, int room) {
        ClaimBatch claims = limited(webhookId, room);
        return claims.claimed().isEmpty() ? limited(webhookId, room).claimed() : claims.claimed();
    }

    private void publishMany(String webhookId, int count) {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(due(event(webhookId + i), webhookId));
        }
        store.queue().insert(events);
    }

    @Test
    void noMoreIsClaimedThanTheLimitAllowsAndTheEarliestFirst() {
        publish("a", "1", "2", "3", "4", "5", "6", "7", "8", "9");

        int burst = LIMIT.available(Instant.EPOCH, store.now(), AT_ONCE);
        assertThat(ids(claimed("a", 9))).containsExactly("1", "2", "3").hasSize(burst);
        ClaimBatch refused = limited("a", 9);
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
        ClaimBatch nothing = limited("a", 9);
        assertThat(nothing.claimed()).isEmpty();
        assertThat(nothing.waits()).isEmpty();

        publishMany("a", 9);
        assertThat(limited("a", 9).claimed()).hasSize(2);
    }

    @Test
    void eachWebhookHasItsOwnLimitAndOthersGetWhatTheyAskFor() {
        publishMany("a", 9);
        publishMany("b", 9);
        Want[] wants = {
            Want.within(LIMIT, AT_ONCE, "a", 9),
            Want.within(RateLimit.of(1_000, Duration.ofSeconds(1)), AT_ONCE, "b", 9)
        };
        List<Claimed> claimed = new ArrayList<>(claim(wants));
        claimed.addAll(claim(wants));

        assertThat(claimed)
                .filteredOn(each -> each.claim().webhookId().equals("a"))
                .hasSize(3);
        assertThat(claimed)
                .filteredOn(each -> each.claim().webhookId().equals("b"))
                .hasSize(9);
    }

    @Test
    void limitedAndUnlimitedAreClaimedInOneCall() {
        publishMany("a", 9);
        publishMany("b", 9);
        publishMany("c", 9);
        claimed("a", 1); // there is a row now

        Want[] wants = {Want.of("c", 4), Want.within(LIMIT, AT_ONCE, "a", 9), Want.of("b", 20)};
        ClaimBatch batch = store.queue().claim(List.of(wants), LEASE);

        assertThat(batch.claimed().stream()
                        .collect(Collectors.groupingBy(each -> each.claim().webhookId(), Collectors.counting())))
                .isEqualTo(Map.of("a", 2L, "b", 9L, "c", 4L));
        assertThat(ids(batch.claimed())).containsSubsequence("c0", "c1", "c2", "c3");
        assertThat(batch.waits()).as("only limits make wait").containsOnlyKeys("a");
        assertThat(claim(wants)).extracting(each -> each.claim().webhookId()).containsOnly("c");
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
        ClaimBatch one = store.queue().claim(List.of(Want.within(daily, AT_ONCE, "a", 9)), LEASE);
        if (one.claimed().isEmpty()) {
            one = store.queue().claim(List.of(Want.within(daily, AT_ONCE, "a", 9)), LEASE);
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
        saved(document(DocumentKind.WEBHOOK, "a"));
        publishMany("a", 9);
        assertThat(claimed("a", 9)).hasSize(3);
        store.documents().remove(DocumentKind.WEBHOOK, "a", List.of());

        assertThat(claimed("a", 9)).as("a new webhook of this id begins anew").hasSize(3);
    }
}
