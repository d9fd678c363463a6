package io.github.webhooks4j.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is old is forgotten a page at a time, whatever has to stay. */
class RetentionTest {
    private static final UUID FIRST = new UUID(0, 1);
    private static final UUID SECOND = new UUID(0, 2);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration TAKEN = Duration.ofMillis(20);
    private static final Duration ANEW = Duration.ofMinutes(10);

    private final ManualClock clock = new ManualClock();
    private final ManualClock storeClock = new ManualClock();
    private final Deque<Optional<UUID>> places = new ArrayDeque<>();
    private final List<Optional<UUID>> from = new ArrayList<>();
    private final List<Instant> before = new ArrayList<>();
    private boolean away;
    private final Retention retention = new Retention(this::forget, KEPT, storeClock, clock);

    private BulkStep<UUID> forget(Instant publishedBefore, Optional<UUID> after, int budget) {
        assertThat(budget).isEqualTo(500);
        if (away) {
            throw new StoreException("away", true, new IllegalStateException());
        }
        clock.advance(TAKEN);
        from.add(after);
        before.add(publishedBefore);
        return new BulkStep<>(0, places.pop());
    }

    @Test
    void itGoesOnBehindWhatStaysAndBeginsAnewLater() {
        places.addAll(List.of(Optional.of(FIRST), Optional.of(SECOND), Optional.empty(), Optional.empty()));

        assertThat(retention.step()).as("half of the time").isEqualTo(TAKEN);
        assertThat(retention.step()).isEqualTo(TAKEN);
        assertThat(retention.step()).isEqualTo(ANEW);
        assertThat(retention.step()).isEqualTo(ANEW);

        assertThat(from).containsExactly(Optional.empty(), Optional.of(FIRST), Optional.of(SECOND), Optional.empty());
    }

    @Test
    void afterTroubleItGoesOnWhereItWas() {
        places.addAll(List.of(Optional.of(FIRST), Optional.empty()));
        retention.step();
        away = true;
        assertThatThrownBy(retention::step).isInstanceOf(StoreException.class);
        away = false;
        retention.step();

        assertThat(from).containsExactly(Optional.empty(), Optional.of(FIRST));
    }

    @Test
    void whatOnlyOneOfTheClocksCallsOldStays() {
        places.addAll(List.of(Optional.empty(), Optional.empty()));
        Instant now = storeClock.instant();

        storeClock.advance(Duration.ofDays(1000));
        retention.step();
        assertThat(before).containsExactly(now.minus(KEPT));

        clock.advance(Duration.ofDays(2000));
        retention.step();
        assertThat(before).last().isEqualTo(storeClock.instant().minus(KEPT));
    }
}
