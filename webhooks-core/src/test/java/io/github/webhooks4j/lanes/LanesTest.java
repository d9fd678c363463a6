package io.github.webhooks4j.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.lanes.Lanes.Limits;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may start next, and how much more is taken on. */
class LanesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Lanes lanes = lanes(2, 100, 1000);

    private static Lanes lanes(int concurrency, int maxInFlight, int maxHeld) {
        return new Lanes(
                new Limits(
                        concurrency,
                        maxInFlight,
                        new CustomerShare(maxInFlight, maxInFlight),
                        maxHeld,
                        10_000,
                        100,
                        Duration.ofSeconds(10)),
                Lanes.Terms::new);
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
                Map.of(),
                new byte[bytes]);
        Claim claim = new Claim(event.key(), webhookId, 1);
        return new Held(
                new Claimed(claim, 0, Instant.EPOCH, Instant.EPOCH, event),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                webhookId.startsWith("limited"),
                false);
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

    private static Lane.Exchange took(long nanos) {
        return new Lane.Exchange(nanos, nanos, Lane.Pace.UNKNOWN);
    }

    private List<Held> takeAll() {
        return takeAll(lanes);
    }

    private static List<Held> takeAll(Lanes lanes) {
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

        lanes.completed(taken.get(0), took(SECOND.toNanos()));

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

        few.completed(third, took(SECOND.toNanos()));
        assertThat(few.take()).isNotNull();
    }

    @Test
    void nothingStartsWhileOutcomesAreBackedUp() {
        claimed("a", 1);
        lanes.backedUp(true);
        lanes.isDue("a");
        assertThat(lanes.take()).isNull();
        assertThat(lanes.claimable(0)).isEmpty();
        assertThat(lanes.reserve("b", 1)).as("has a place, and waits").isTrue();
        assertThat(lanes.handOver(List.of(held("b", 1)))).isEmpty();
        assertThat(lanes.take()).isNull();

        lanes.backedUp(false);
        assertThat(takeAll()).extracting(Held::webhookId).containsExactlyInAnyOrder("a", "b");
        assertThat(lanes.claimable(0)).containsKey("a");
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
                lanes.completed(each, took(exchange.toNanos()));
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
        takeAll().forEach(each -> lanes.completed(each, took(1)));

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

        assertThat(small.completed(first, took(SECOND.toNanos()))).isTrue();
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
        lanes.claimed(Map.of("a", 5), held("a", 1_400, 5)); // a quarter is left to what is published
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

        lanes.completed(taken.get(0), took(1));
        assertThat(lanes.awaitIdle(Duration.ofMillis(1))).isTrue();
    }

    // ---- how many at a time

    private static Lane.Exchange exchange(long began, long ended, Lane.Pace pace) {
        return new Lane.Exchange(ended, ended - began, pace);
    }

    private int concurrencyAfter(Lanes some, int rounds, Lane.Pace pace) {
        int last = 0;
        for (int round = 1; round <= rounds; round++) {
            some.claimed(Map.of("a", 65), held("a", 1, 64));
            List<Held> taken = new ArrayList<>();
            for (Held next = some.take(); next != null; next = some.take()) {
                taken.add(next);
            }
            last = taken.size();
            for (Held each : taken) {
                some.completed(each, exchange(round * 10L, round * 10L + 5, pace));
            }
            some.drain("a");
        }
        return last;
    }

    @Test
    void beginsWithFiveAndMakesMoreWhileTheReceiverTakesThem() {
        Lanes many = lanes(64, 1_000, 10_000);
        many.open();

        assertThat(concurrencyAfter(many, 1, Lane.Pace.GOOD)).isEqualTo(5);
        assertThat(concurrencyAfter(many, 3, Lane.Pace.GOOD)).isBetween(6, 10);
        assertThat(concurrencyAfter(many, 200, Lane.Pace.GOOD)).isEqualTo(64);
    }

    @Test
    void makesHalfAsManyOnceForAllThatWereUnderWayTogetherAndOneAtLeast() {
        Lanes many = lanes(64, 1_000, 10_000);
        many.open();
        concurrencyAfter(many, 200, Lane.Pace.GOOD);

        assertThat(concurrencyAfter(many, 2, Lane.Pace.SLOW_DOWN))
                .as("after one round of 64")
                .isEqualTo(32);
        assertThat(concurrencyAfter(many, 10, Lane.Pace.SLOW_DOWN)).isEqualTo(1);
        assertThat(concurrencyAfter(many, 4, Lane.Pace.GOOD)).isGreaterThan(1);
    }

    @Test
    void otherFailuresChangeNothing() {
        Lanes many = lanes(64, 1_000, 10_000);
        many.open();

        assertThat(concurrencyAfter(many, 20, Lane.Pace.UNKNOWN)).isEqualTo(5);
    }

    // ---- first attempts and retries

    private static Held due(String webhookId, int attempts, int second) {
        Held held = held(webhookId, 1);
        Claimed claimed = held.claimed();
        return new Held(
                new Claimed(
                        claimed.claim(), attempts, Instant.EPOCH.plusSeconds(second), Instant.EPOCH, claimed.event()),
                Long.MAX_VALUE);
    }

    @Test
    void oneAtATimeRetriesAndFirstAttemptsTakeTurns() {
        Lanes one = lanes(1, 100, 1000);
        one.open();
        List<Held> waiting = new ArrayList<>();
        IntStream.range(0, 6).forEach(n -> waiting.add(due("a", 1, n)));
        IntStream.range(6, 9).forEach(n -> waiting.add(due("a", 0, n)));
        one.claimed(Map.of("a", 10), waiting);

        List<Integer> attempts = new ArrayList<>();
        for (Held next = one.take(); next != null; next = one.take()) {
            attempts.add(next.claimed().attempts());
            one.completed(next, took(1));
        }

        assertThat(attempts).containsExactly(1, 0, 1, 0, 1, 0, 1, 1, 1);
    }

    @Test
    void retriesTakeHalfOfTheRequestsWhileFirstAttemptsWait() {
        Lanes four = lanes(4, 100, 1000);
        four.open();
        List<Held> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(due("a", 1, i));
        }
        for (int i = 0; i < 3; i++) {
            waiting.add(due("a", 0, 100 + i));
        }
        four.claimed(Map.of("a", 20), waiting);

        List<Integer> attempts = new ArrayList<>();
        for (Held next = four.take(); next != null; next = four.take()) {
            attempts.add(next.claimed().attempts());
        }
        assertThat(attempts).containsExactly(1, 1, 0, 0);
    }

    @Test
    void retriesTakeAllOfTheRequestsWhenNothingElseWaits() {
        Lanes four = lanes(4, 100, 1000);
        four.open();
        four.claimed(
                Map.of("a", 20),
                IntStream.range(0, 10).mapToObj(i -> due("a", 2, i)).toList());

        int taken = 0;
        for (Held next = four.take(); next != null; next = four.take()) {
            taken++;
        }
        assertThat(taken).isEqualTo(4);
    }

    // ---- customers

    @Test
    void customersTakeTurnsHoweverManyWebhooksTheyHave() {
        Lanes shared = new Lanes(
                new Limits(2, 100, new CustomerShare(100, 100), 1000, 10_000, 100, Duration.ofSeconds(10)),
                id -> new Lanes.Terms(id.substring(0, 1)));
        shared.open();
        for (int i = 0; i < 50; i++) {
            shared.claimed(Map.of("a" + i, 2), held("a" + i, 1, 1));
        }
        shared.claimed(Map.of("b1", 3), held("b1", 1, 2));

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            order.add(shared.take().webhookId().substring(0, 1));
        }
        assertThat(order).containsExactly("a", "b", "a", "b");
    }

    @Test
    void customerHasNoMoreThanItsShareOfTheNode() {
        Lanes shared = new Lanes(
                new Limits(2, 100, new CustomerShare(5, 100), 1000, 10_000, 100, Duration.ofSeconds(10)),
                id -> new Lanes.Terms(id.substring(0, 1)));
        shared.open();
        for (int i = 0; i < 50; i++) {
            shared.claimed(Map.of("a" + i, 2), held("a" + i, 1, 1));
        }
        List<Held> taken = new ArrayList<>();
        for (Held next = shared.take(); next != null; next = shared.take()) {
            taken.add(next);
        }
        assertThat(taken).hasSize(5);

        shared.claimed(Map.of("b1", 2), held("b1", 1, 1));
        assertThat(shared.take().webhookId()).isEqualTo("b1");
        taken.subList(0, 2).forEach(held -> shared.completed(held, took(1)));
        assertThat(takeAll(shared))
                .as("its share of what is left now")
                .singleElement()
                .satisfies(held -> assertThat(held.webhookId()).startsWith("a"));
    }

    @Test
    void eightCustomersHangAndOthersHaveRequests() {
        Lanes shared = new Lanes(
                new Limits(64, 256, new CustomerShare(64, 256), 10_000, 1_000_000, 100, Duration.ofSeconds(100)),
                id -> new Lanes.Terms(id.substring(0, id.indexOf('-'))));
        shared.open();
        Map<String, Integer> underWay = new HashMap<>();
        for (int customer = 0; customer < 8; customer++) {
            for (int lane = 0; lane < 64; lane++) {
                claimed(shared, customer + "-" + lane, 1);
            }
            for (Held next : takeAll(shared)) {
                underWay.merge(next.webhookId().replaceAll("-.*", ""), 1, Integer::sum);
            }
        }

        assertThat(underWay).hasSize(8).containsEntry("0", 64).containsEntry("1", 48);
        IntStream.range(0, 10).forEach(lane -> claimed(shared, "another-" + lane, 1));
        assertThat(takeAll(shared)).as("of another").hasSize(6);
    }

    @Test
    void customerWhoHadNoShareLeftGoesOnWhenARequestOfItsOwnEnds() {
        Lanes shared = new Lanes(
                new Limits(64, 8, new CustomerShare(2, 8), 1000, 10_000, 100, Duration.ofSeconds(10)),
                id -> new Lanes.Terms(id.substring(0, 1)));
        shared.open();
        for (String lane : List.of("a1", "a2", "a3", "b1", "c1", "d1", "e1")) {
            claimed(shared, lane, 1);
        }
        List<Held> taken = takeAll(shared);
        assertThat(taken).extracting(Held::webhookId).containsExactly("a1", "b1", "c1", "d1", "e1");

        taken.subList(2, 5).forEach(held -> shared.completed(held, took(1)));
        shared.completed(taken.get(0), took(1));

        assertThat(takeAll(shared)).extracting(Held::webhookId).containsExactly("a2");
    }

    @Test
    void customerWhoHadNoShareLeftGoesOnWhenRequestsOfOthersEnd() {
        Lanes shared = new Lanes(
                new Limits(64, 256, new CustomerShare(64, 256), 10_000, 1_000_000, 100, Duration.ofSeconds(100)),
                id -> new Lanes.Terms(id.substring(0, id.indexOf('-'))));
        shared.open();
        IntStream.range(0, 20).forEach(lane -> claimed(shared, "hanging-" + lane, 1));
        assertThat(takeAll(shared)).hasSize(20);
        for (int customer = 0; customer < 12; customer++) {
            for (int lane = 0; lane < 64; lane++) {
                claimed(shared, customer + "-" + lane, 1);
            }
        }
        List<Held> others = takeAll(shared);
        claimed(shared, "hanging-good", 3);
        assertThat(takeAll(shared)).as("it has its share").isEmpty();

        shared.close();
        shared.open(); // of others nothing more waits
        claimed(shared, "hanging-good", 3);
        others.forEach(held -> shared.completed(held, took(1)));

        assertThat(takeAll(shared))
                .extracting(Held::webhookId)
                .containsOnly("hanging-good")
                .hasSize(3);
    }

    @Test
    void oneLaneLeavesAPartOfItsCustomersRequestsToTheOthers() {
        Lanes shared = new Lanes(
                new Limits(64, 256, new CustomerShare(64, 256), 10_000, 1_000_000, 100, Duration.ofSeconds(100)),
                id -> new Lanes.Terms("one"));
        shared.open();
        concurrencyAfter(shared, 200, Lane.Pace.GOOD);
        claimed(shared, "good", 1);
        takeAll(shared).forEach(held -> shared.completed(held, took(1)));

        claimed(shared, "a", 100);
        assertThat(takeAll(shared)).as("of one that hangs").hasSize(48);
        claimed(shared, "good", 5);
        assertThat(takeAll(shared))
                .extracting(Held::webhookId)
                .containsOnly("good")
                .hasSize(5);
    }

    @Test
    void laneThatMustSlowDownStartsNothingThoughItWasNext() {
        Lanes two = lanes(5, 10, 100);
        two.open();
        claimed(two, "a", 5);
        Held first = two.take();
        two.rampUp("a");

        assertThat(two.take()).isNull();
        two.completed(first, took(1));
        assertThat(two.take().webhookId()).isEqualTo("a");
    }

    /** As many as asked for, and more is due. */
    private static Map<String, Integer> claimAll(Lanes lanes) {
        Map<String, Integer> room = lanes.claimable(0);
        List<Held> claimed = new ArrayList<>();
        room.forEach((id, count) -> claimed.addAll(held(id, 1, count)));
        assertThat(lanes.claimed(room, claimed)).isEmpty();
        return room;
    }

    @Test
    void customerHoldsNoMoreThanItsShareSoThatOthersAreClaimedAndPublishedFor() {
        Lanes shared = new Lanes(
                new Limits(5, 100, new CustomerShare(25, 100), 1000, 1_000_000, 100, Duration.ofSeconds(10)),
                id -> new Lanes.Terms(id.substring(0, 1)));
        shared.open();
        IntStream.range(0, 200).forEach(n -> shared.isDue("a" + n));
        for (int i = 0; i < 100; i++) {
            claimAll(shared);
        }

        assertThat(shared.claimable(0)).isEmpty();
        shared.isDue("b1");
        assertThat(shared.claimable(0)).containsOnlyKeys("b1");
        List<Held> published = new ArrayList<>();
        while (shared.reserve("a" + (200 + published.size()), 1)) {
            published.add(held("a" + (200 + published.size()), 1));
        }
        assertThat(shared.handOver(published)).isEmpty();
        assertThat(shared.reserve("c1", 1)).isTrue();
        assertThat(published).as("what claims left to it").hasSize(250 - 187);
        assertThat(shared.close()).hasSize(250);
    }

    @Test
    void eightCustomersHoldAllTheyMayAndOthersAreClaimedAndPublishedFor() {
        Lanes shared = new Lanes(
                new Limits(5, 100, new CustomerShare(25, 100), 1000, 1_000_000, 100, Duration.ofSeconds(10)),
                id -> new Lanes.Terms(id.substring(0, id.indexOf('-'))));
        shared.open();
        for (int customer = 0; customer < 8; customer++) {
            for (int lane = 0; lane < 20; lane++) {
                shared.isDue(customer + "-" + lane);
            }
        }
        for (int i = 0; i < 1_000; i++) {
            claimAll(shared);
        }

        shared.isDue("another-");
        assertThat(shared.claimable(0).get("another-")).isPositive();
        int published = 0;
        while (shared.reserve("another-" + published, 1)) {
            published++;
        }
        assertThat(published).isGreaterThan(250 / 4);
    }

    @Test
    void whatIsPublishedForSomebodyNewIsNextHoweverMuchIsDueForOthers() {
        Lanes few = lanes(5, 3, 100);
        few.open();
        IntStream.range(0, 50).forEach(n -> few.isDue("old" + n));
        for (int i = 0; i < 50; i++) {
            claimAll(few);
        }
        assertThat(few.take().webhookId()).startsWith("old");
        for (int i = 0; i < 10; i++) {
            assertThat(few.reserve("new" + i, 1)).isTrue();
            assertThat(few.handOver(List.of(held("new" + i, 1)))).isEmpty();
        }

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Held next = few.take();
            order.add(next.webhookId().substring(0, 3));
            few.completed(next, took(1));
        }
        assertThat(order).as("in turn").containsExactly("new", "old", "new", "old", "new", "old");
    }

    @Test
    void manyLanesWithLongBacklogsAllGetTheirTurn() {
        Lanes many = new Lanes(
                new Limits(5, 100, new CustomerShare(100, 100), 10_000, 1_000_000, 100, Duration.ofSeconds(10)),
                Lanes.Terms::new);
        many.open();
        IntStream.range(0, 1_000).forEach(n -> many.isDue("w" + n));
        Set<String> claimed = new HashSet<>();
        int rows = 0;
        while (claimed.size() < 1_000 && rows < 100_000) {
            Map<String, Integer> room = claimAll(many);
            rows += room.values().stream().mapToInt(count -> count).sum();
            claimed.addAll(room.keySet());
            for (Held next = many.take(); next != null; next = many.take()) {
                many.completed(next, took(1));
            }
        }

        assertThat(claimed).hasSize(1_000);
        assertThat(rows).as("claimed until the last one had its turn").isLessThanOrEqualTo(8 * 1_000 + 1_024);
    }

    @Test
    void customerIsTheTenantOrElseTheSite() {
        assertThat(customer("https://hooks.example.com:8443/x", "acme")).isEqualTo("tenant acme");
        for (String url :
                List.of("https://a.example.com/x", "https://b.c.Example.com:444?y", "https://example.com#z")) {
            assertThat(customer(url, null)).isEqualToIgnoringCase("site example.com");
        }
        assertThat(customer("https://192.0.2.7:8080/", null)).isEqualTo("site 192.0.2.7");
        assertThat(customer("https://[2001:db8::1]:8080/", null)).isEqualTo("site [2001:db8::1]");
        assertThat(customer("http://localhost:1/", null)).isEqualTo("site localhost");
        assertThat(customer("nonsense", null)).isEqualTo("site nonsense");
    }

    private static String customer(String url, String tenant) {
        return Customer.of(Optional.ofNullable(tenant), url);
    }

    @Test
    void roomOfACustomerThatWasFullLetsItsOtherLanesClaim() {
        Limits limits = new Limits(64, 100, new CustomerShare(25, 100), 40, 10_000, 100, Duration.ofSeconds(100));
        Lanes shared = new Lanes(limits, id -> new Lanes.Terms("one customer"));
        shared.open();
        claimed(shared, "a", 7);
        shared.isDue("b");
        assertThat(shared.claimable(0)).as("it holds its share").isEmpty();

        Held first = shared.take();
        assertThat(shared.completed(first, took(1))).as("b may be claimed for").isTrue();
        assertThat(shared.claimable(0)).containsExactly(Map.entry("b", 1));
    }

    // ---- limited rates

    private static Lanes limited(int concurrency, int maxInFlight) {
        Limits limits = new Limits(
                64,
                maxInFlight,
                new CustomerShare(maxInFlight, maxInFlight),
                1000,
                10_000,
                100,
                Duration.ofSeconds(10));
        Lanes lanes = new Lanes(
                limits,
                id -> new Lanes.Terms(
                        id,
                        OptionalInt.of(concurrency),
                        Optional.of(RateLimit.of(5, SECOND)).filter(limit -> id.startsWith("limited"))));
        lanes.open();
        return lanes;
    }

    @Test
    void limitedLaneClaimsWhatCanStartAtOnceAndNothingIsBornLeased() {
        Lanes few = limited(4, 6);
        assertThat(few.reserve("limited", 1)).isFalse();
        assertThat(few.reserveUncommitted("limited", 1)).isFalse();
        few.isDue("limited");
        assertThat(few.claimable(0)).containsExactly(Map.entry("limited", 4));
        claimed(few, "limited", 1);
        claimed(few, "b", 4);
        assertThat(takeAll(few)).hasSize(5);

        few.isDue("limited");
        assertThat(few.claimable(0)).as("one place is left on this node").containsExactly(Map.entry("limited", 1));
    }

    @Test
    void limitedLaneWaitsUntilItsLimitMayAllowMore() {
        Lanes one = limited(4, 6);
        one.isDue("limited");
        one.waitUntil("limited", SECOND.toNanos());
        one.isDue("limited");

        assertThat(one.claimable(SECOND.toNanos() - 1)).isEmpty();
        assertThat(one.nextWakeUp()).isEqualTo(SECOND.toNanos());
        assertThat(one.claimable(SECOND.toNanos())).containsOnlyKeys("limited");
    }

    @Test
    void fullNodeKeepsAPlaceForALimitedRate() {
        Lanes full = limited(64, 8);
        claimed(full, "b", 20);
        claimed(full, "c", 20);
        List<Held> taken = takeAll(full);
        assertThat(taken).hasSize(8);
        full.isDue("limited");
        assertThat(full.claimable(0)).as("there is no place").doesNotContainKey("limited");

        assertThat(full.completed(taken.get(0), took(1)))
                .as("somebody waits for a place")
                .isTrue();
        assertThat(full.take()).as("which others leave free").isNull();
        assertThat(full.claimable(0)).containsEntry("limited", 1);
        full.claimed(Map.of("limited", 2), held("limited", 1, 1)); // and no more are due
        assertThat(takeAll(full)).extracting(Held::webhookId).containsExactly("limited");

        full.claimable(0);
        full.completed(taken.get(1), took(2));
        assertThat(takeAll(full)).as("nobody waits for it any more").hasSize(1);
    }

    @Test
    void limitedLanesTogetherClaimWhatCanStartAtOnce() {
        Limits limits = new Limits(64, 100, new CustomerShare(25, 100), 1000, 100_000, 100, Duration.ofSeconds(10));
        Lanes many = new Lanes(
                limits, id -> new Lanes.Terms("one", OptionalInt.empty(), Optional.of(RateLimit.of(5, SECOND))));
        many.open();
        for (int i = 0; i < 50; i++) {
            many.isDue("limited" + i);
        }

        Map<String, Integer> room = many.claimable(0);

        assertThat(room.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(25);
    }

    /** Claims and starts what may be started, while one request after the other ends; counts whose start after a while. */
    private static Map<Boolean, Integer> startsWhileFull(Lanes lanes, List<String> ids, int requests) {
        Deque<Held> underWay = new ArrayDeque<>();
        Map<Boolean, Integer> starts = new HashMap<>();
        for (int i = 0; i < 2 * requests; i++) {
            ids.forEach(lanes::isDue);
            claimAll(lanes);
            underWay.addAll(takeAll(lanes));
            Held ended = underWay.remove();
            lanes.completed(ended, took(1));
            underWay.addAll(takeAll(lanes)); // whoever sent it goes on
            if (i >= requests) {
                starts.merge(ended.webhookId().startsWith("limited"), 1, Integer::sum);
            }
        }
        return starts;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 16, 64})
    void limitedAndUnlimitedLanesBothGoOnWhileTheNodeIsFull(int maxInFlight) {
        List<String> ids = new ArrayList<>();
        IntStream.range(0, 2 * maxInFlight).forEach(n -> ids.addAll(List.of("limited" + n, "other" + n)));

        Map<Boolean, Integer> starts = startsWhileFull(limited(4, maxInFlight), ids, 1_000);

        assertThat(starts.get(true)).as("limited").isGreaterThan(1_000 / 10);
        assertThat(starts.get(false)).as("others").isGreaterThan(1_000 / 4);
    }

    @Test
    void limitedLanesOfFourCustomersLeaveRequestsToOthers() {
        Limits limits =
                new Limits(64, 256, new CustomerShare(64, 256), 10_000, 10_000_000, 100, Duration.ofSeconds(10));
        Lanes shared = new Lanes(
                limits,
                id -> new Lanes.Terms(
                        id.substring(0, id.indexOf('-')),
                        OptionalInt.empty(),
                        Optional.of(RateLimit.of(5, SECOND)).filter(limit -> id.startsWith("limited"))));
        shared.open();
        for (int customer = 0; customer < 4; customer++) {
            for (int lane = 0; lane < 20; lane++) {
                shared.isDue("limited" + customer + "-" + lane);
            }
        }
        int hanging = 0;
        for (int i = 0; i < 100; i++) {
            claimAll(shared);
            hanging += takeAll(shared).size();
        }

        assertThat(hanging).isBetween(64, 256 - 64);
        claimed(shared, "other-1", 5);
        assertThat(takeAll(shared)).hasSize(5);
    }
}
