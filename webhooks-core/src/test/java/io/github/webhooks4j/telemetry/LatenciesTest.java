package io.github.webhooks4j.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.webhooks4j.machine.ManualClock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How long things took, as far as it is remembered. */
class LatenciesTest {
    private static final long TWELVE_DAYS = Duration.ofDays(12).toNanos() / 1000;

    private final ManualClock clock = new ManualClock();
    private final Latencies latencies = new Latencies(clock);

    @Test
    void whatIsToldIsOffByOnePointSixPercentAtMost() {
        Random random = new Random(20_261);
        for (int i = 0; i < 100_000; i++) {
            long micros = (long) Math.exp(random.nextDouble() * Math.log((double) TWELVE_DAYS));
            long told = Latencies.middle(Latencies.bucket(micros));
            assertThat(Math.abs(told - micros))
                    .as("%s, told as %s", micros, told)
                    .isLessThanOrEqualTo(micros / 63);
        }
        for (long micros = 0; micros < 64; micros++) {
            assertThat(Latencies.middle(Latencies.bucket(micros))).isEqualTo(micros);
        }
    }

    @Test
    void longerTakesNoEarlierPlace() {
        int before = 0;
        for (long micros = 0; micros < 5_000_000; micros++) {
            int bucket = Latencies.bucket(micros);
            assertThat(bucket).isBetween(before, before + 1);
            before = bucket;
        }
    }

    @Test
    void percentilesAreThoseOfWhatWasRecorded() {
        for (int i = 1; i <= 1000; i++) {
            latencies.record(i * 1000L);
        }

        assertThat(latencies.count()).isEqualTo(1000);
        assertThat(latencies.percentile(50).toMillis()).isCloseTo(500, within(9L));
        assertThat(latencies.percentile(95).toMillis()).isCloseTo(950, within(16L));
        assertThat(latencies.percentile(99).toMillis()).isCloseTo(990, within(17L));
        assertThat(latencies.percentile(100).toMillis()).isCloseTo(1000, within(17L));
    }

    @Test
    void oneThatIsRecordedIsEveryPercentile() {
        latencies.record(40);

        assertThat(latencies.percentile(1)).isEqualTo(Duration.ofNanos(40_000));
        assertThat(latencies.percentile(99)).isEqualTo(Duration.ofNanos(40_000));
    }

    @Test
    void withoutAnyAllAreZero() {
        assertThat(latencies.count()).isZero();
        assertThat(latencies.percentile(99)).isZero();
    }

    @Test
    void whatIsOutOfRangeHasThePlaceAtItsEnd() {
        latencies.record(-5);
        assertThat(latencies.percentile(50)).isZero();
        latencies.record(Long.MAX_VALUE);
        assertThat(latencies.percentile(100)).isGreaterThan(Duration.ofDays(12));
    }

    @Test
    void whatIsFiveMinutesOldIsRememberedAndWhatIsTenMinutesOldIsNot() {
        latencies.record(1);
        clock.advance(Duration.ofMinutes(5).plusSeconds(1));
        latencies.record(2);
        assertThat(latencies.count()).isEqualTo(2);

        clock.advance(Duration.ofMinutes(5));
        assertThat(latencies.count()).isEqualTo(1);
        clock.advance(Duration.ofDays(3));
        assertThat(latencies.count()).isZero();
        latencies.record(3);
        assertThat(latencies.count()).isEqualTo(1);
    }
}
