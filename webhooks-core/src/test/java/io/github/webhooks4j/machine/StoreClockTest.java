package io.github.webhooks4j.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.Logged;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreClockTest {
    private final ManualClock machine = new ManualClock();
    private final StoreClock clock = new StoreClock(machine);

    @Test
    void showsTheTimeOfTheMachineAtFirst() {
        assertThat(clock.now()).isEqualTo(machine.instant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1H", "PT-31S", "PT0S", "PT0.000000001S", "PT240H"})
    void showsTheTimeOfTheStoreOnceItIsRead(Duration skew) {
        Instant storeNow = machine.instant().plus(skew);

        clock.set(storeNow);

        assertThat(clock.now()).isEqualTo(storeNow);
    }

    @Test
    void saysThatTheDatabasesClockWasSetBackHoweverWrongItWas() {
        try (Logged logged = new Logged()) {
            clock.set(machine.instant().plusSeconds(3600)); // told of as wrong
            machine.advance(Duration.ofSeconds(10));
            clock.set(machine.instant().plusSeconds(3600).minusSeconds(29));
            assertThat(logged.lines("was set back")).isEmpty();

            clock.set(machine.instant().plusSeconds(3000).minusSeconds(29));

            assertThat(logged.lines("the database's clock was set back by 600 s: retries wait so much longer"))
                    .hasSize(1);
            assertThat(logged.lines("behind the database's")).hasSize(1);
            assertThat(logged.lines("receivers refuse every signature")).hasSize(1);
        }
    }

    @Test
    void goesOnBetweenReadings() {
        Instant storeNow = machine.instant().plusSeconds(3600);
        clock.set(storeNow);

        machine.advance(Duration.ofNanos(1_500_000_001));

        assertThat(clock.now()).isEqualTo(storeNow.plusNanos(1_500_000_001));
    }

    @Test
    void doesNotFollowTheWallClockOfTheMachine() {
        StoreClock ownNanos = new StoreClock(new Ticker() {
            @Override
            public Instant now() {
                return machine.instant().plusSeconds(machine.nanos() < 0 ? 0 : 86_400);
            }

            @Override
            public long nanos() {
                return machine.nanos();
            }
        });
        Instant before = ownNanos.now();

        machine.advance(Duration.ofSeconds(6));

        assertThat(ownNanos.now()).isEqualTo(before.plusSeconds(6));
    }

    @Test
    void laterReadingReplacesTheEarlier() {
        clock.set(machine.instant().plusSeconds(3600));
        machine.advance(Duration.ofSeconds(1));

        clock.set(machine.instant().minusSeconds(5));

        assertThat(clock.now()).isEqualTo(machine.instant().minusSeconds(5));
    }

    @Test
    void momentOfAnInstantIsWhenTheStoreWillShowIt() {
        clock.set(machine.instant().plusSeconds(3600));
        machine.advance(Duration.ofSeconds(1));

        assertThat(clock.nanosAt(clock.now().plusSeconds(10))).isEqualTo(machine.nanos() + 10_000_000_000L);
    }

    @Test
    void momentOfThisInstantIsNow() {
        assertThat(clock.nanosAt(clock.now())).isEqualTo(machine.nanos());
    }

    @Test
    void momentOfAnInstantThatHasPassedIsNow() {
        assertThat(clock.nanosAt(clock.now().minusNanos(1))).isEqualTo(machine.nanos());
        assertThat(clock.nanosAt(Instant.MIN)).isEqualTo(machine.nanos());
    }

    @Test
    void momentOfAFarInstantIsAYearAhead() {
        assertThat(clock.nanosAt(Instant.MAX))
                .isEqualTo(machine.nanos() + Duration.ofDays(365).toNanos());
    }
}
