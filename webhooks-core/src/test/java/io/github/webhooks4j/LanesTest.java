package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.DeliveryStore.Claim;
import io.github.webhooks4j.DeliveryStore.Claimed;
import io.github.webhooks4j.DeliveryStore.StoredEvent;
import io.github.webhooks4j.Lanes.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may start next, and how much more is taken on. */
class LanesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Lanes lanes = lanes(2, 100, 1000);

    private static Lanes lanes(int concurrency, int maxInFlight, int maxHeld) {
        return new Lanes(new Limits(concurrency, maxInFlight, maxHeld, 10_000, 100, Duration.ofSeconds(10)));
    }

    @BeforeEach
    void open() {
        lanes.open();
    }

    private static Held held(String webhookId, int bytes) {
        StoredEvent event = new StoredEvent(
                UUID.randomUUID(),
                "e",
                Optional.empty(),
                "t",
                Instant.EPOCH,
                "application/json",
                true,
                new byte[bytes]);
        Claim claim = new Claim(event.key(), webhookId, 1);
        return new Held(new Claimed(claim, 0, 1, Instant.EPOCH, Instant.EPOCH, event), Long.MAX_VALUE);
    }

    private static List<Held> held(String webhookId, int bytes, int count) {
        return IntStream.range(0, count).mapToObj(i -> held(webhookId, bytes)).toList();
    }

    private void claimed(String webhookId, int count) {
        claimed(lanes, webhookId, count);
    }

    private static void claimed(Lanes lanes, String webhookId, int count) {
        assertThat(lanes.claimed(Map.of(webhookId, count + 1), held(webhookId, 1, count)))
                .isEmpty();
    }

    private List<Held> takeAll() {
        List<Held> taken = new ArrayList<>();
        for (Held next = lanes.take(); next != null; next = lanes.take()) {
            taken.add(next);
        }
        return taken;
    }

    @Test
    void lanesTakeTurnsHoweverLongTheirQueues() {
        claimed("long", 10);
        claimed("short", 2);

        assertThat(takeAll()).extracting(Held::webhookId).containsExactly("long", "short", "long", "short");
    }

    @Test
    void webhookHasNoMoreRequestsUnderWayThanItsConcurrency() {
        claimed("a", 5);
        List<Held> taken = takeAll();
        assertThat(taken).hasSize(2);

        lanes.completed(taken.get(0), SECOND.toNanos());

        assertThat(takeAll()).hasSize(1);
    }

    @Test
    void nodeHasNoMoreRequestsUnderWayThanItsLimit() {
        Lanes few = lanes(2, 3, 1000);
        few.open();
        claimed(few, "a", 5);
        claimed(few, "b", 5);

        assertThat(few.take()).isNotNull();
        assertThat(few.take()).isNotNull();
        Held third = few.take();
        assertThat(third).isNotNull();
        assertThat(few.take()).isNull();

        few.completed(third, SECOND.toNanos());
        assertThat(few.take()).isNotNull();
    }

    @Test
    void nothingStartsWhileOutcomesAreBackedUp() {
        claimed("a", 1);
        lanes.backedUp(true);
        lanes.isDue("a");
        assertThat(lanes.take()).isNull();
        assertThat(lanes.claimable(0)).isEmpty();
        assertThat(lanes.reserve("b", 1)).isFalse();

        lanes.backedUp(false);
        assertThat(lanes.take()).isNotNull();
        assertThat(lanes.claimable(0)).containsKey("a");
        assertThat(lanes.reserve("b", 1)).isTrue();
    }

    @Test
    void slowLaneTakesOnLessThanAFastOne() {
        claimed("slow", 1);
        claimed("fast", 1);
        for (int i = 0; i < 50; i++) {
            claimed("slow", 1);
            claimed("fast", 1);
            Held first = lanes.take();
            Held second = lanes.take();
            for (Held each : List.of(first, second)) {
                Duration exchange = each.webhookId().equals("slow") ? Duration.ofSeconds(15) : Duration.ofMillis(100);
                lanes.completed(each, exchange.toNanos());
            }
        }
        takeAll();
        lanes.isDue("slow");
        lanes.isDue("fast");

        Map<String, Integer> claimable = lanes.claimable(0);

        assertThat(claimable.getOrDefault("slow", 0)).isLessThanOrEqualTo(1);
        assertThat(claimable.get("fast")).isGreaterThan(50);
    }

    @Test
    void onlyWhatIsDueIsClaimedAndOnlyUntilItGotLess() {
        assertThat(lanes.claimable(0)).isEmpty();
        lanes.isDue("a");
        int room = lanes.claimable(0).get("a");
        assertThat(room).isPositive();

        lanes.claimed(Map.of("a", room), held("a", 1, room - 1));
        takeAll().forEach(each -> lanes.completed(each, 1));

        assertThat(lanes.claimable(0)).isEmpty();
    }

    @Test
    void whatBecomesDueDuringAClaimIsNotForgotten() {
        lanes.isDue("a");
        int room = lanes.claimable(0).get("a");

        lanes.isDue("a");
        lanes.claimed(Map.of("a", room), List.of());

        assertThat(lanes.claimable(0)).containsKey("a");
    }

    @Test
    void laneThatALimitOfTheNodeKeptWaitingIsLookedAtWhenAnotherFreesIt() {
        Lanes small = lanes(2, 100, 2);
        small.open();
        claimed(small, "slow", 2);
        small.isDue("waiting");
        assertThat(small.claimable(0)).isEmpty();

        Held first = small.take();

        assertThat(small.completed(first, SECOND.toNanos())).isTrue();
        assertThat(small.claimable(0)).containsEntry("waiting", 1);
    }

    @Test
    void wakeUpMakesALaneDueInItsTime() {
        lanes.wakeAt("a", SECOND.toNanos());
        assertThat(lanes.claimable(SECOND.toNanos() - 1)).isEmpty();
        assertThat(lanes.nextWakeUp()).isGreaterThanOrEqualTo(SECOND.toNanos());

        assertThat(lanes.claimable(lanes.nextWakeUp())).containsKey("a");
        assertThat(lanes.nextWakeUp()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void bytesAreBounded() {
        assertThat(lanes.reserve("a", 10_001)).isFalse();
        assertThat(lanes.reserve("a", 9_000)).isTrue();
        assertThat(lanes.reserve("a", 2_000)).isFalse();

        lanes.unreserve("a", 9_000);
        assertThat(lanes.reserve("a", 2_000)).isTrue();
    }

    @Test
    void noMoreIsClaimedThanFitsIfEventsAreAsLargeAsBefore() {
        lanes.isDue("a");
        assertThat(lanes.claimable(0).get("a")).isLessThanOrEqualTo(100); // of up to 100 bytes each, in 10,000
        lanes.claimed(Map.of("a", 5), held("a", 1_900, 5));
        takeAll();

        assertThat(lanes.claimable(0)).containsEntry("a", 1);
    }

    @Test
    void deliveryIsNotBornLeasedWhereOlderOnesAreDue() {
        lanes.isDue("a");

        assertThat(lanes.reserve("a", 1)).isFalse();
        assertThat(lanes.reserve("b", 1)).isTrue();
    }

    @Test
    void closedLanesGiveBackWhatWasNotSentAndTakeNothing() {
        claimed("a", 5);
        takeAll();
        assertThat(lanes.reserve("a", 1)).isTrue();

        assertThat(lanes.close()).hasSize(3);

        Held late = held("a", 1);
        assertThat(lanes.handOver(List.of(late))).containsExactly(late);
        assertThat(lanes.claimed(Map.of("a", 1), List.of(late))).containsExactly(late);
        assertThat(lanes.take()).isNull();
        assertThat(lanes.reserve("a", 1)).isFalse();
    }

    @Test
    void idleIsAwaited() throws InterruptedException {
        claimed("a", 1);
        List<Held> taken = takeAll();
        assertThat(lanes.awaitIdle(Duration.ofMillis(1))).isFalse();

        lanes.completed(taken.get(0), 1);
        assertThat(lanes.awaitIdle(Duration.ofMillis(1))).isTrue();
    }
}
