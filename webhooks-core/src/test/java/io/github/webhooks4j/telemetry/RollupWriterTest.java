package io.github.webhooks4j.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.Logged;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingRollups;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.TenantScope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How what a node counts comes to be in the store. */
class RollupWriterTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MANY = 1_000_000;

    private final ManualClock clock = new ManualClock();
    private final DeliveryStore store = ManualStore.on(clock);
    private final Counts counts = new Counts(clock);
    private final List<Integer> parts = new ArrayList<>();
    private boolean isAway;
    private boolean losesAnswers;

    private final RollupWriter writer = new RollupWriter(
            counts,
            new ForwardingRollups(store.rollups()) {
                @Override
                public void add(UUID by, long number, List<HourlyCount> added) {
                    if (isAway) {
                        throw unavailable();
                    }
                    super.add(by, number, added);
                    parts.add(added.size());
                    if (losesAnswers) {
                        throw unavailable();
                    }
                }
            },
            UUID.randomUUID(),
            clock);

    private static StoreException unavailable() {
        return new StoreException("as if", true, new IOException("as if"));
    }

    private void canceled(String webhookId) {
        counts.ended(
                new Delivery(
                        "id",
                        "event",
                        "type",
                        webhookId,
                        Optional.empty(),
                        DeliveryState.CANCELED,
                        0,
                        Instant.EPOCH,
                        Optional.empty(),
                        Optional.of(clock.now()),
                        OptionalInt.empty(),
                        Optional.empty(),
                        false),
                clock.now());
    }

    private long stored() {
        Instant now = clock.now();
        return store
                .rollups()
                .totals(TenantScope.ALL, now.minus(60, ChronoUnit.DAYS), now.plus(1, ChronoUnit.HOURS), MANY)
                .orElseThrow()
                .stream()
                .mapToLong(HourlyCount::count)
                .sum();
    }

    private void writeAll() {
        while (writer.step().isZero()) {
            // there is more
        }
    }

    @Test
    void countsAreAddedOnceAMinute() {
        assertThat(writer.step()).isEqualTo(MINUTE);
        canceled("a");
        canceled("a");
        assertThat(writer.step()).isEqualTo(MINUTE);
        canceled("a");
        assertThat(writer.step()).isEqualTo(MINUTE);

        assertThat(stored()).isEqualTo(3);
        assertThat(parts).containsExactly(1, 1);
    }

    @Test
    void nothingIsWrittenWhereNothingWasCounted() {
        writeAll();
        clock.advance(MINUTE);
        writeAll();

        assertThat(parts).isEmpty();
    }

    @Test
    void fiveHundredAtMostAreWrittenInOneTransaction() {
        for (int i = 0; i < 1200; i++) {
            canceled("w" + i);
        }
        writeAll();

        assertThat(parts).containsExactly(500, 500, 200);
        assertThat(stored()).isEqualTo(1200);
    }

    @Test
    void whatTheStoreDidNotTakeIsAddedWhenItIsBack() {
        isAway = true;
        canceled("a");
        assertThatThrownBy(writer::step).isInstanceOf(StoreException.class);
        canceled("a");
        assertThatThrownBy(writer::step).isInstanceOf(StoreException.class);
        isAway = false;
        writeAll();
        writeAll();

        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void partWhoseCommitIsUnknownIsNotAddedTwice() {
        losesAnswers = true;
        canceled("a");
        assertThatThrownBy(writer::step).isInstanceOf(StoreException.class);
        canceled("a");
        assertThatThrownBy(writer::step).isInstanceOf(StoreException.class);
        losesAnswers = false;
        writeAll();
        assertThat(stored()).isEqualTo(1);
        writeAll();

        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void writerIsWokenWhenFiveThousandWaitAndTenThousandAreKept() {
        AtomicInteger woken = new AtomicInteger();
        writer.wakeBy(woken::incrementAndGet);
        try (Logged logged = new Logged()) {
            for (int i = 0; i < 4_999; i++) {
                canceled("w" + i);
            }
            assertThat(woken).hasValue(0);
            for (int i = 4_999; i < 10_000; i++) {
                canceled("w" + i);
            }
            assertThat(woken).hasValue(1);
            assertThat(logged.lines("hourly counts")).isEmpty();
            canceled("one too many");
            canceled("two too many");
            canceled("w1");
            assertThat(logged.lines("hourly counts")).hasSize(1);
        }
        writeAll();

        assertThat(stored()).isEqualTo(10_001);
    }

    @Test
    void closingWritesWhatIsLeftUntilItIsTooLate() {
        for (int i = 0; i < 700; i++) {
            canceled("w" + i);
        }
        writer.close(clock.nanos() + 1);
        assertThat(stored()).isEqualTo(700);

        canceled("a");
        writer.close(clock.nanos());
        assertThat(stored()).isEqualTo(700);
    }

    @Test
    void closingWhileTheStoreIsAwayDoesNotThrow() {
        isAway = true;
        canceled("a");
        writer.close(clock.nanos() + 1);

        assertThat(stored()).isZero();
    }
}
