package io.github.webhooks4j;

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
            int requests = 2 + random.nextInt(50);
            RateLimit limit = new RateLimit(requests, Duration.ofMillis(1_000 + random.nextInt(60_000)), requests);
            if (random.nextBoolean()) {
                limit = limit.withBurst(Math.max(2, 1 + random.nextInt(requests)));
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
            int allowed = Math.min(limit.available(usedUntil, now), 1 + random.nextInt(limit.requests()));
            usedUntil = limit.use(usedUntil, now, allowed);
            for (int start = 0; start < allowed; start++) {
                starts.add(now.plusNanos(random.nextLong(limit.startWithin().toNanos() + 1)));
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
            int some = limit.available(usedUntil, now);
            usedUntil = limit.use(usedUntil, now, some);
            allowed += some;
        }
        assertThat(allowed).isBetween(299, 305);
    }

    @Test
    void oneAtATimeIsAlwaysPossible() {
        RateLimit limit = RateLimit.of(1, Duration.ofDays(1));
        assertThat(limit.problems()).isEmpty();
        assertThat(limit.available(Instant.EPOCH, NOW)).isEqualTo(1);
        Instant used = limit.use(Instant.EPOCH, NOW, 1);
        assertThat(limit.available(used, NOW)).isZero();
        assertThat(limit.untilNext(used, NOW)).isEqualTo(Duration.ofDays(1));
        assertThat(limit.available(used, NOW.plus(Duration.ofDays(1)))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT1S, 0, requests is 0",
        "10001, PT1S, 10001, requests is 10001",
        "5, PT0.9S, 5, per is",
        "5, PT24H1S, 5, per is",
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
