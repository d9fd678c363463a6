package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.engine.Recorder.Finished;
import io.github.webhooks4j.lanes.CustomerShare;
import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Outcomes;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Want;
import io.github.webhooks4j.telemetry.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How outcomes reach the store, whatever the store does. */
class RecorderTest {
    private final ManualClock clock = new ManualClock();
    private final DeliveryStore store = ManualStore.on(clock);
    private final Lanes lanes = new Lanes(
            new Lanes.Limits(5, 10_000, new CustomerShare(10_000, 10_000), 10_000, 1 << 30, 1, Duration.ofSeconds(100)),
            Lanes.Terms::new);
    private final List<Finished> told = new ArrayList<>();
    private final Map<String, UUID> keys = new HashMap<>();
    private final List<Integer> batches = new ArrayList<>();
    private long sequence;
    private boolean away;
    private boolean refusesExcerpts;
    private String refusesAlways = "";
    /** What the next records fail with. */
    private final Deque<RuntimeException> script = new ArrayDeque<>();
    /** Whether the answer to the next record is lost, though it takes effect. */
    private boolean losesAnswer;

    private final Recorder recorder = new Recorder(
            troubled(),
            new Suspects(clock, Duration.ofMinutes(1)),
            lanes,
            clock,
            new Outage(clock, e -> e instanceof StoreException store && store.isUnavailable(), () -> Duration.ZERO),
            new Counts(clock),
            told::addAll,
            () -> {});

    @BeforeEach
    void open() {
        lanes.open();
    }

    /** The store, with the trouble that the test makes in front of it. */
    private DeliveryQueue troubled() {
        return new ForwardingQueue(store.queue()) {
            @Override
            public Set<Claim> record(List<Outcome> outcomes) {
                whileAway();
                RuntimeException next = script.poll();
                if (next != null) {
                    throw next;
                }
                batches.add(outcomes.size());
                if (refusesExcerpts && outcomes.stream().anyMatch(RecorderTest::isPoisoned)) {
                    throw new StoreException("refused");
                }
                if (outcomes.stream().anyMatch(RecorderTest.this::isRefused)) {
                    throw new StoreException("refused");
                }
                Set<Claim> recorded = super.record(outcomes);
                if (losesAnswer) {
                    losesAnswer = false;
                    throw unavailable();
                }
                return recorded;
            }

            @Override
            public void release(Map<Claim, Instant> due) {
                whileAway();
                super.release(due);
            }
        };
    }

    private void whileAway() {
        if (away) {
            throw unavailable();
        }
    }

    private static StoreException unavailable() {
        return new StoreException("away", true, new IllegalStateException());
    }

    private static boolean isPoisoned(Outcome outcome) {
        return outcome.attempt().orElseThrow().excerpt().equals("poison");
    }

    private boolean isRefused(Outcome outcome) {
        return outcome.claim().event().equals(keys.get(refusesAlways));
    }

    private List<Held> claim(int count) {
        return claim("e", count);
    }

    private List<Held> claim(String name, int count) {
        for (int i = 0; i < count; i++) {
            StoredEvent event = new StoredEvent(
                    new UUID(clock.instant().toEpochMilli() << 16 | 0x7000, sequence++),
                    name + i,
                    Optional.empty(),
                    "x",
                    Instant.EPOCH,
                    "application/json",
                    true,
                    Map.of(),
                    new byte[] {'1'});
            keys.put(name + i, event.key());
            store.queue()
                    .insert(List.of(
                            new NewEvent(event, List.of(new NewDelivery("a", Optional.empty(), Duration.ZERO)))));
        }
        List<Claimed> claimed = store.queue()
                .claim(List.of(Want.of("a", count)), Duration.ofMinutes(1))
                .claimed();
        return claimed.stream().map(each -> new Held(each, Long.MAX_VALUE)).toList();
    }

    private Finished delivered(Held held, String excerpt) {
        Attempt attempt = new Attempt(
                1,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.of(200),
                Optional.empty(),
                Optional.empty(),
                excerpt,
                false);
        Outcome outcome = Outcomes.of(held.claimed(), List.of(attempt), DeliveryState.DELIVERED, Duration.ZERO);
        return new Finished(held, outcome, Verdict.Meaning.DELIVERED);
    }

    private String excerptOf(String eventId) {
        return Histories.attempts(store, Optional.empty(), eventId, "a").get(0).excerpt();
    }

    /** So that thousands of requests that end while the database is away do not take hundreds of megabytes. */
    @Test
    void ofManyOutcomesThatWaitTheLastKeepNothingThatWasCaptured() {
        away = true;
        claim(2_100).forEach(held -> recorder.add(delivered(held, "an answer")));
        recorder.write();
        away = false;
        while (recorder.write().isZero() && told.size() < 2_100) {
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(told).hasSize(2_100);
        assertThat(excerptOf("e0")).isEqualTo("an answer");
        assertThat(excerptOf("e2047")).isEqualTo("an answer");
        assertThat(excerptOf("e2048")).isEmpty();
        assertThat(excerptOf("e2099")).isEmpty();
    }

    @Test
    void manyOutcomesAreWrittenTogether() {
        claim(300).forEach(held -> recorder.add(delivered(held, "")));

        assertThat(recorder.write()).isZero();
        assertThat(recorder.write()).isZero();

        assertThat(batches).containsExactly(256, 44);
        assertThat(told).hasSize(300);
        assertThat(store.queue().due(1)).isEmpty();
    }

    @Test
    void outcomesWaitUntilTheStoreIsBack() {
        claim(3).forEach(held -> recorder.add(delivered(held, "")));
        away = true;
        assertThat(recorder.write()).isPositive();
        assertThat(recorder.write()).isPositive();
        assertThat(told).isEmpty();
        lanes.isDue("a");
        assertThat(lanes.claimable(0)).as("what waits may be due again").isEmpty();

        away = false;
        assertThat(recorder.write()).isZero();
        assertThat(told).hasSize(3);
    }

    @Test
    void nothingIsClaimedBeforeAllThatWaitedIsWritten() {
        claim(300).forEach(held -> recorder.add(delivered(held, "")));
        lanes.isDue("a");
        away = true;
        recorder.write();
        away = false;

        assertThat(recorder.write()).isZero();
        assertThat(lanes.claimable(0)).as("44 still wait").isEmpty();
        assertThat(recorder.write()).isZero();
        assertThat(lanes.claimable(0)).isNotEmpty();
    }

    @Test
    void pausesGrowForAsLongAsTheStoreIsAway() {
        claim(1).forEach(held -> recorder.add(delivered(held, "")));
        away = true;
        Duration first = recorder.write();

        assertThat(recorder.write()).isEqualTo(first.multipliedBy(2));
        assertThat(recorder.write()).isEqualTo(first.multipliedBy(4));
        away = false;
        recorder.write();
        claim("more", 1).forEach(held -> recorder.add(delivered(held, "")));
        away = true;
        assertThat(recorder.write()).isEqualTo(first);
    }

    /** All are refused; then the store is away for the first half, and back for the second. */
    @Test
    void halfThatIsWrittenAfterAMomentsOutageIsTheHalfThatIsTakenOut() {
        claim(8).forEach(held -> recorder.add(delivered(held, "")));
        script.add(new StoreException("refused"));
        script.add(unavailable());

        assertThat(recorder.write()).isPositive();
        assertThat(told).hasSize(4);
        assertThat(recorder.write()).isZero();

        assertThat(told).hasSize(8).doesNotHaveDuplicates();
        assertThat(store.queue().due(1)).as("nothing is sent again").isEmpty();
    }

    @Test
    void answerThatTheStoreCannotWriteEndsItsDeliveryWithoutTheExcerpt() {
        refusesExcerpts = true;
        List<Held> claimed = claim(8);
        for (Held held : claimed) {
            recorder.add(delivered(held, held.claimed().event().id().equals("e5") ? "poison" : "fine"));
        }

        assertThat(recorder.write()).isZero();

        assertThat(told).hasSize(8);
        assertThat(excerptOf("e5")).isEmpty();
        assertThat(excerptOf("e4")).isEqualTo("fine");
        assertThat(store.queue().due(1)).isEmpty();
    }

    @Test
    void outcomeThatTheStoreRefusesAltogetherHoldsUpNoOther() {
        refusesAlways = "e2";
        claim(8).forEach(held -> recorder.add(delivered(held, "")));

        Held given = claim("later", 1).get(0);
        recorder.release(given);

        for (int i = 0; i < 8; i++) {
            recorder.write();
        }

        assertThat(told).hasSize(7);
        assertThat(store.queue().due(1)).containsEntry("a", given.claimed().dueAt());
        refusesAlways = "";
        assertThat(recorder.write()).isZero();
        assertThat(told).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void outcomeThatIsRefusedForGoodHoldsUpTheOthersForAWhileOnly() {
        List<Held> claimed = claim(2);
        refusesAlways = "e0";
        claimed.forEach(held -> recorder.add(delivered(held, "")));
        int steps = 0;
        while (!recorder.write().isZero()) {
            steps++;
        }

        assertThat(steps).isEqualTo(20);
        assertThat(told).hasSize(1);
        assertThat(store.queue().due(1)).as("it is attempted again").containsKey("a");
        assertThat(lanes.reserve("a", 1)).isTrue();
    }

    @Test
    void outcomeOfALostLeaseIsDropped() {
        List<Held> late = claim(1);
        clock.advance(Duration.ofMinutes(2));
        List<Claimed> again = store.queue()
                .claim(List.of(Want.of("a", 1)), Duration.ofMinutes(1))
                .claimed();
        assertThat(again).hasSize(1);

        recorder.add(delivered(late.get(0), ""));
        assertThat(recorder.write()).isZero();

        assertThat(told).isEmpty();
        assertThat(store.queue()
                        .record(List.of(delivered(new Held(again.get(0), 0), "").outcome())))
                .isEqualTo(Set.of(again.get(0).claim()));
    }

    @Test
    void outcomesWhoseCommitIsUnknownAreToldOnceAndLostOnesNever() {
        List<Held> lost = claim("lost", 1);
        clock.advance(Duration.ofMinutes(2));
        store.queue().claim(List.of(Want.of("a", 1)), Duration.ofHours(1));
        List<Finished> committed =
                claim(3).stream().map(held -> delivered(held, "")).toList();
        recorder.add(delivered(lost.get(0), ""));
        committed.forEach(recorder::add);
        losesAnswer = true;
        assertThat(recorder.write()).isPositive();
        assertThat(told).isEmpty();
        Finished later = delivered(claim("later", 1).get(0), "");
        recorder.add(later);

        assertThat(recorder.write()).isZero();

        assertThat(told).containsAll(committed).contains(later).hasSize(4);
        assertThat(recorder.write()).isZero();
        assertThat(told).hasSize(4);
    }

    @Test
    void nothingNewStartsWhileTooMuchWaits() {
        List<Held> claimed = claim(513);
        lanes.claimed(Map.of("a", 2), List.of(claimed.get(512)));
        claimed.subList(0, 512).forEach(held -> recorder.add(delivered(held, "")));
        assertThat(lanes.take()).isNull();

        assertThat(recorder.write()).isZero();

        assertThat(lanes.take()).isNotNull();
    }

    @Test
    void releasedDeliveryIsDueAsBefore() {
        List<Held> claimed = claim(1);
        recorder.release(claimed.get(0));

        assertThat(recorder.write()).isZero();

        assertThat(store.queue().due(1))
                .containsEntry("a", claimed.get(0).claimed().dueAt());
        assertThat(lanes.claimable(0)).containsKey("a");
    }

    @Test
    void closedRecorderEndsOnceEverythingIsWritten() {
        claim(300).forEach(held -> recorder.add(delivered(held, "")));
        recorder.close(clock.nanos() + Duration.ofSeconds(5).toNanos());

        assertThat(recorder.step()).isZero();
        assertThat(recorder.step()).isZero();
        assertThat(recorder.step()).isEqualTo(Loop.OVER);
        assertThat(told).hasSize(300);
    }

    @Test
    void closedRecorderGivesUpAStoreThatStaysAway() {
        claim(3).forEach(held -> recorder.add(delivered(held, "")));
        away = true;
        recorder.close(clock.nanos() + Duration.ofSeconds(5).toNanos());
        assertThat(recorder.step()).isPositive();

        clock.advance(Duration.ofSeconds(5));

        assertThat(recorder.step()).isEqualTo(Loop.OVER);
    }
}
