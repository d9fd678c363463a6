package io.github.webhooks4j.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.machine.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chores are done in their time, whatever others do. */
class HousekeepingTest {
    private final ManualClock clock = new ManualClock();
    private final Housekeeping housekeeping =
            new Housekeeping(clock, new Outage(clock, e -> false, () -> Duration.ZERO));
    private final List<String> done = new ArrayList<>();

    private Loop.Step every(Duration pause, String name) {
        return () -> {
            done.add(name);
            return pause;
        };
    }

    @Test
    void eachIsDoneWhenItIsDue() {
        housekeeping.add("often", every(Duration.ofSeconds(1), "often"));
        housekeeping.add("seldom", every(Duration.ofSeconds(3), "seldom"));

        assertThat(housekeeping.step()).isEqualTo(Duration.ofSeconds(1));
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofSeconds(1));
            housekeeping.step();
        }

        assertThat(done).containsExactly("often", "seldom", "often", "often", "often", "seldom");
    }

    @Test
    void choreThatIsWokenIsDoneAtOnce() {
        Housekeeping.Chore chore = housekeeping.add("waits", every(Loop.UNTIL_WOKEN, "waits"));
        housekeeping.step();
        housekeeping.step();
        assertThat(done).hasSize(1);

        chore.wake();
        housekeeping.step();

        assertThat(done).hasSize(2);
    }

    @Test
    void choreThatFailsIsTriedAgainAndKeepsNoOtherFromBeingDone() {
        housekeeping.add("broken", () -> {
            done.add("broken");
            throw new AssertionError("a defect");
        });
        housekeeping.add("fine", every(Duration.ofSeconds(10), "fine"));

        Duration pause = housekeeping.step();
        assertThat(done).containsExactly("broken", "fine");
        assertThat(pause).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));

        clock.advance(pause);
        housekeeping.step();
        assertThat(done).containsExactly("broken", "fine", "broken");
    }

    @Test
    void nothingIsBegunOnceItIsClosed() {
        housekeeping.add("closes", () -> {
            housekeeping.close();
            return Duration.ZERO;
        });
        housekeeping.add("late", every(Duration.ZERO, "late"));

        assertThat(housekeeping.step()).isEqualTo(Loop.OVER);
        assertThat(done).isEmpty();
    }
}
