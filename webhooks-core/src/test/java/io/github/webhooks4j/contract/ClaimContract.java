package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a store must hold to when deliveries are claimed and given back. */
abstract class ClaimContract extends PublishContract {
    @Test
    void earliestAreClaimedFirst() {
        Instant now = store.now();
        store.queue()
                .insert(List.of(
                        dueAt(now.minusSeconds(1), event("2"), "a"),
                        dueAt(now.minusSeconds(3), event("0"), "a"),
                        dueAt(now.minusSeconds(2), event("1"), "a")));

        assertThat(ids(claim("a", 2))).containsExactly("0", "1");
        assertThat(ids(claim("a", 2))).containsExactly("2");
    }

    @Test
    void noMoreIsClaimedOfEachWebhookThanIsWanted() {
        publish("a", "1", "2", "3");
        publish("b", "4", "5", "6");
        publish("c", "7");

        List<Claimed> claimed = claim(Want.of("a", 2), Want.of("b", 1));

        assertThat(ids(claimed)).containsExactlyInAnyOrder("1", "2", "4");
    }

    @Test
    void nothingIsClaimedThatIsNotWanted() {
        publish("a", "1");

        assertThat(claim()).isEmpty();
        assertThat(claim("nobody", 1)).isEmpty();
        assertThat(claim("a", 1)).hasSize(1);
    }

    @Test
    void claimTellsAllThatIsNeeded() {
        StoredEvent event = event("1");
        Instant published = store.now();
        store.queue().insert(List.of(due(event, "a")));
        elapse(TICK);

        Claimed claimed = claimOne("a");

        assertThat(claimed.claim().event()).isEqualTo(event.key());
        assertThat(claimed.claim().webhookId()).isEqualTo("a");
        assertThat(claimed.claim().fence()).isPositive();
        assertThat(claimed.attempts()).isZero();
        assertThat(claimed.claims()).isEqualTo(1);
        assertThat(claimed.dueAt()).isEqualTo(published);
        assertThat(claimed.firstDueAt()).isEqualTo(published);
        assertThat(claimed.event()).isEqualTo(event);
    }

    @Test
    void claimsOfOneEventShareItsData() {
        StoredEvent event = event("1");
        store.queue().insert(List.of(due(event, "a", "b", "c")));

        assertThat(claim(Want.of("a", 1), Want.of("b", 1), Want.of("c", 1)))
                .extracting(Claimed::event)
                .containsExactly(event, event, event);
    }

    @Test
    void claimedDeliveryIsNotClaimedBeforeTheLeaseHasPassed() {
        publish("a", "1");
        claimOne("a");

        elapse(LEASE.minus(TICK));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        assertThat(claim("a", 1)).hasSize(1);
    }

    @Test
    void expiredLeaseIsClaimedAgainWithAHigherFence() {
        publish("a", "1");
        Claimed first = claimOne("a");
        Instant expires = store.now().plus(LEASE);
        elapse(LEASE);

        Claimed second = claimOne("a");

        assertThat(second.claim().fence()).isGreaterThan(first.claim().fence());
        assertThat(second.claims()).isEqualTo(2);
        assertThat(second.dueAt()).isEqualTo(expires);
        assertThat(second.firstDueAt()).isEqualTo(first.firstDueAt());
    }

    @Test
    void nothingIsClaimedTwiceByEightThreads() throws Exception {
        int count = 400;
        for (int i = 0; i < count; i += 100) {
            List<NewEvent> events = new ArrayList<>();
            for (int j = i; j < i + 100; j++) {
                events.add(due(event("e" + j), "w" + j % 3));
            }
            store.queue().insert(events);
        }

        List<List<Claim>> perThread = inThreads(8, () -> {
            List<Claim> mine = new ArrayList<>();
            List<Claimed> claimed = claimFromThree();
            while (!claimed.isEmpty()) {
                claimed.forEach(each -> mine.add(each.claim()));
                claimed = claimFromThree();
            }
            return mine;
        });
        // A thread may find nothing while another holds the rest; what it held it has claimed.
        List<Claim> all = perThread.stream().flatMap(List::stream).toList();

        assertThat(new HashSet<>(all)).hasSize(count);
        assertThat(all).hasSize(count);
    }

    private List<Claimed> claimFromThree() {
        return claim(Want.of("w0", 3), Want.of("w1", 4), Want.of("w2", 5));
    }

    @Test
    void claimingAndRecordingByEightThreadsDeliversEachOnce() throws Exception {
        int count = 200;
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(due(event("e" + i), "w0", "w1"));
        }
        store.queue().insert(events);

        List<Integer> recorded = inThreads(8, () -> {
            int mine = 0;
            List<Claimed> claimed = claimFromThree();
            while (!claimed.isEmpty()) {
                mine += store.queue()
                        .record(claimed.stream().map(this::delivered).toList())
                        .size();
                claimed = claimFromThree();
            }
            return mine;
        });

        assertThat(recorded.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2 * count);
        assertThat(store.queue().due(10)).isEmpty();
        for (int i = 0; i < count; i++) {
            assertThat(attempts("e" + i, "w1")).hasSize(1);
        }
    }

    @Test
    void releasedDeliveryIsDueAgainAtTheInstantGiven() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        elapse(TICK);

        store.queue().release(Map.of(claimed.claim(), claimed.dueAt()));

        Claimed again = claimOne("a");
        assertThat(again.dueAt()).isEqualTo(claimed.dueAt());
        assertThat(again.claim().fence()).isGreaterThan(claimed.claim().fence());
        assertThat(again.claims()).isEqualTo(1);
        assertThat(again.attempts()).isZero();
        assertThat(attempts("1", "a")).isEmpty();
    }

    @Test
    void deliveryReleasedIntoTheFutureWaits() {
        publish("a", "1");
        Claimed claimed = claimOne("a");

        store.queue().release(Map.of(claimed.claim(), store.now().plus(Duration.ofHours(1))));

        elapse(Duration.ofHours(1).minus(TICK));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        assertThat(claim("a", 1)).hasSize(1);
    }

    @Test
    void releaseWithALateFenceChangesNothing() {
        publish("a", "1", "2");
        Claimed late = claimOne("a");
        elapse(LEASE);
        List<Claimed> current = claim("a", 2);

        store.queue().release(Map.of(late.claim(), late.dueAt()));

        assertThat(claim("a", 2)).isEmpty();
        assertThat(store.queue().record(current.stream().map(this::delivered).toList()))
                .hasSize(2);
    }

    @Test
    void releaseOfNothingIsFine() {
        store.queue().release(Map.of());

        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void deferredDeliveryIsDueAfterTheDelayAsIfItHadNotBeenClaimed() {
        publish("a", "1");
        claimOne("a");
        elapse(LEASE);
        Claimed second = claimOne("a");
        assertThat(second.claims()).isEqualTo(2);
        Duration delay = Duration.ofMinutes(3);

        store.queue().defer(Map.of(second.claim(), delay));

        Instant due = store.now().plus(delay);
        elapse(delay.minus(TICK));
        assertThat(claim("a", 1)).isEmpty();
        elapse(TICK);
        Claimed again = claimOne("a");
        assertThat(again.claims()).isEqualTo(2);
        assertThat(again.dueAt()).isEqualTo(due);
        assertThat(again.firstDueAt()).isEqualTo(second.firstDueAt());
        assertThat(again.claim().fence()).isGreaterThan(second.claim().fence());
        assertThat(record(delivered(second))).as("with the fence of before").isEmpty();
    }

    @Test
    void deferralWithALateFenceChangesNothing() {
        publish("a", "1");
        Claimed late = claimOne("a");
        elapse(LEASE);
        Claimed current = claimOne("a");

        store.queue().defer(Map.of(late.claim(), Duration.ZERO));
        store.queue().defer(Map.of());

        assertThat(claim("a", 1)).isEmpty();
        assertThat(record(delivered(current))).containsExactly(current.claim());
    }

    @Test
    void startIsRememberedUntilAnOutcomeIsRecorded() {
        publish("a", "1");
        for (int starts = 0; starts < 3; starts++) {
            Claimed claimed = claimOne("a");
            assertThat(claimed.claims()).isEqualTo(starts + 1);
            assertThat(claimed.starts()).isEqualTo(starts);
            assertThat(store.queue().start(claimed.claim(), LEASE)).isTrue();
            elapse(LEASE);
        }
        Claimed started = claimOne("a");
        assertThat(started.starts()).isEqualTo(3);
        store.queue().defer(Map.of(started.claim(), Duration.ZERO));
        started = claimOne("a");
        assertThat(started.claims()).isEqualTo(4);
        assertThat(started.starts()).isEqualTo(3);

        assertThat(record(failed(started, Duration.ZERO))).hasSize(1);

        Claimed retried = claimOne("a");
        assertThat(retried.claims()).isEqualTo(1);
        assertThat(retried.starts()).isZero();
    }

    @Test
    void releaseForgetsStarts() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        assertThat(store.queue().start(claimed.claim(), LEASE)).isTrue();

        store.queue().release(Map.of(claimed.claim(), claimed.dueAt()));

        Claimed again = claimOne("a");
        assertThat(again.claims()).isEqualTo(1);
        assertThat(again.starts()).isZero();
    }

    @Test
    void startLeasesTheDeliveryAnew() {
        publish("a", "1");
        Claimed claimed = claimOne("a");
        elapse(LEASE.minus(TICK));
        Duration lease = LEASE.multipliedBy(4);

        assertThat(store.queue().start(claimed.claim(), lease)).isTrue();

        elapse(lease.minus(TICK));
        assertThat(claim("a", 1)).isEmpty();
        assertThat(record(failed(claimed, Duration.ZERO)))
                .as("the claim stands")
                .hasSize(1);
        assertThat(store.queue().start(claimed.claim(), lease))
                .as("and has ended")
                .isFalse();
    }

    @Test
    void startWithALateFenceChangesNothing() {
        publish("a", "1");
        Claimed late = claimOne("a");
        elapse(LEASE);
        Claimed current = claimOne("a");

        assertThat(store.queue().start(late.claim(), LEASE.multipliedBy(9))).isFalse();

        elapse(LEASE);
        Claimed again = claimOne("a");
        assertThat(again.starts()).isZero();
        assertThat(again.claim().fence()).isEqualTo(current.claim().fence() + 1);
    }

    @Test
    void dueTellsTheEarliestTimeOfEachWebhook() {
        Instant now = store.now();
        store.queue()
                .insert(List.of(
                        dueAt(now.plusSeconds(5), event("1"), "a"),
                        dueAt(now.plusSeconds(3), event("2"), "a"),
                        dueAt(now.minusSeconds(9), event("3"), "b"),
                        dueAt(now.plusSeconds(1), event("4"), "b")));

        assertThat(store.queue().due(10)).isEqualTo(Map.of("a", now.plusSeconds(3), "b", now.minusSeconds(9)));
    }

    @Test
    void dueKnowsLeasedDeliveries() {
        publish("a", "1");
        claimOne("a");

        assertThat(store.queue().due(10)).isEqualTo(Map.of("a", store.now().plus(LEASE)));
    }

    @Test
    void dueIsEmptyOnceAllHaveEnded() {
        publish("a", "1");
        record(ended(claimOne("a"), DeliveryState.EXHAUSTED));

        assertThat(store.queue().due(10)).isEmpty();
    }

    @Test
    void dueNamesNoMoreWebhooksThanAsked() {
        for (String id : List.of("a", "b", "c", "B", "ab")) {
            publish(id, "1" + id, "2" + id);
        }

        assertThat(store.queue().due(2)).hasSize(2);
        assertThat(store.queue().due(5)).containsOnlyKeys("a", "b", "c", "B", "ab");
        assertThat(store.queue().due(100)).containsOnlyKeys("a", "b", "c", "B", "ab");
    }

    @Test
    void dueNamesEveryWebhookSoonerOrLater() {
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            publish("w" + i, "e" + i);
            expected.add("w" + i);
        }

        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            seen.addAll(store.queue().due(3).keySet());
        }

        assertThat(seen).isEqualTo(expected);
    }
}
