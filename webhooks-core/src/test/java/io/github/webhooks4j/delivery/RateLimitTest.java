package io.github.webhooks4j.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of rate limits. */
class RateLimitTest {
    private static final Instant NOW = Instant.parse("2026-03-29T01:30:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void startsNeverExceedTheLimitHoweverLateTheyComeWithinTheirTime() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            int requests = 1 + random.nextInt(50);
            RateLimit limit = new RateLimit(requests, Duration.ofMillis(1_000 + random.nextInt(60_000)), requests);
            if (random.nextBoolean()) {
                limit = limit.withBurst(1 + random.nextInt(requests));
            }
            if (!limit.problems().isEmpty()) {
                continue;
            }
            assertStartsAreWithin(limit, random);
        }
    }

    private static void assertStartsAreWithin(RateLimit limit, Random random) {
        List<Instant> starts = new ArrayList<>();
        Instant now = NOW;
        Instant usedUntil = Instant.EPOCH;
        long step = limit.per().toNanos() / limit.requests();
        for (int i = 0; i < 60; i++) {
            Duration within = random.nextInt(3) == 0
                    ? Duration.ofMillis(random.nextInt(3_000)) // a store that is slow for a while
                    : limit.startWithin();
            int allowed = Math.min(limit.available(usedUntil, now, within), 1 + random.nextInt(limit.requests()));
            if (allowed > 0) {
                usedUntil = limit.use(usedUntil, now, within, allowed);
            }
            for (int start = 0; start < allowed; start++) {
                starts.add(now.plusNanos(random.nextLong(within.toNanos() + 1)));
            }
            now = now.plusNanos(random.nextInt(4) == 0 ? random.nextLong(step * 9) : random.nextLong(step));
        }
        starts.sort(Instant::compareTo);
        double rate = limit.requests() / (double) limit.per().toNanos();
        for (int from = 0; from < starts.size(); from++) {
            for (int to = from; to < starts.size(); to++) {
                long time = Duration.between(starts.get(from), starts.get(to)).toNanos();
                assertThat((double) to - from + 1)
                        .as("%s: requests %d to %d", limit, from, to)
                        .isLessThanOrEqualTo(limit.burst() + rate * time + 1e-6);
            }
        }
    }

    @Test
    void steadyRateIsReached() {
        RateLimit limit = RateLimit.of(5, SECOND);
        Instant usedUntil = Instant.EPOCH;
        int allowed = 0;
        for (int millis = 0; millis < 60_000; millis += 10) {
            Instant now = NOW.plusMillis(millis);
            int some = limit.available(usedUntil, now, limit.startWithin());
            if (some > 0) {
                usedUntil = limit.use(usedUntil, now, limit.startWithin(), some);
            }
            allowed += some;
        }
        assertThat(allowed).isBetween(299, 305);
    }

    @Test
    void oneAtATimeIsAlwaysPossible() {
        RateLimit limit = RateLimit.of(1, Duration.ofDays(1));
        Duration within = limit.startWithin();
        assertThat(limit.problems()).isEmpty();
        assertThat(limit.available(Instant.EPOCH, NOW, within)).isEqualTo(1);
        Instant used = limit.use(Instant.EPOCH, NOW, within, 1);
        assertThat(limit.available(used, NOW, within)).isZero();
        assertThat(limit.untilNext(used, NOW)).isEqualTo(Duration.ofDays(1).plus(within));
        assertThat(limit.available(used, NOW.plus(Duration.ofDays(1)).plus(within), within))
                .isEqualTo(1);
    }

    @Test
    void clockThatWasSetBackALittleBringsNoSecondBurst() {
        RateLimit limit = RateLimit.of(10, SECOND);
        int burst = limit.available(Instant.EPOCH, NOW, limit.startWithin());
        Instant used = limit.use(Instant.EPOCH, NOW, limit.startWithin(), burst);

        assertThat(limit.available(used, NOW.minusMillis(60), limit.startWithin()))
                .isZero();
        assertThat(limit.available(used, NOW.minusSeconds(50), limit.startWithin()))
                .isZero();
        assertThat(limit.available(used, NOW.minus(Duration.ofHours(1)), limit.startWithin()))
                .as("but nobody waits for an hour")
                .isEqualTo(burst);
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT1S, 0, requests is 0",
        "10001, PT1S, 10001, requests is 10001",
        "5, PT0.9S, 5, per is",
        "5, PT24H1S, 5, per is",
        "5, PT1.0001S, 5, per is",
        "5, PT1S, 0, burst is 0; it must be 1 to 5",
        "5, PT1S, 6, burst is 6; it must be 1 to 5",
        "100, PT1S, 19, burst is 19; it must be 20 to 100"
    })
    void whatCannotBeKeptIsAProblem(int requests, Duration per, int burst, String problem) {
        assertThat(new RateLimit(requests, per, burst).problems())
                .singleElement()
                .asString()
                .startsWith(problem);
    }

    @Test
    void usualLimitsAreFine() {
        assertThat(RateLimit.of(5, SECOND).problems()).isEmpty();
        assertThat(RateLimit.of(10_000, SECOND).problems()).isEmpty();
        assertThat(RateLimit.of(100, Duration.ofMinutes(1)).withBurst(1).problems())
                .isEmpty();
    }
}
