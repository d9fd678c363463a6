package io.github.webhooks4j.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    private static final int DRAWS = 10_000;

    @Test
    void standardIsTenAttemptsInAboutThreeDays() {
        RetryPolicy withoutJitter = ((Jitter) RetryPolicy.standard()).policy();

        assertThat(delays(withoutJitter)).isEqualTo(durations("5s 5m 30m 2h 5h 10h 14h 20h 24h"));
    }

    @Test
    void standardVariesByAFifth() {
        assertThat(((Jitter) RetryPolicy.standard()).part()).isEqualTo(0.2);
    }

    @Test
    void quickIsFiveAttempts() {
        assertThat(delays(RetryPolicy.quick())).isEqualTo(durations("30s 5m 30m 2h"));
    }

    @Test
    void scheduleIsWaitedInItsOrder() {
        RetryPolicy policy = RetryPolicy.schedule(Duration.ofSeconds(9), Duration.ZERO, Duration.ofMillis(1));

        assertThat(delays(policy)).containsExactly(Duration.ofSeconds(9), Duration.ZERO, Duration.ofMillis(1));
    }

    @Test
    void scheduleKeepsItsDelaysWhenTheArrayChanges() {
        Duration[] delays = {Duration.ofSeconds(1)};
        RetryPolicy policy = RetryPolicy.schedule(delays);

        delays[0] = Duration.ofSeconds(2);

        assertThat(delays(policy)).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void fixedRepeatsTheDelay() {
        assertThat(delays(RetryPolicy.fixed(Duration.ofSeconds(7), 4))).isEqualTo(durations("7s 7s 7s"));
    }

    @Test
    void exponentialDoublesUpToTheCap() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(10), 7);

        assertThat(delays(policy)).isEqualTo(durations("1s 2s 4s 8s 10s 10s"));
    }

    @Test
    void exponentialReachesTheCapExactly() {
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(4), 5);

        assertThat(delays(policy)).isEqualTo(durations("1s 2s 4s 4s"));
    }

    @Test
    void exponentialBeginsAtTheCapIfThatIsLess() {
        assertThat(delays(RetryPolicy.exponential(Duration.ofHours(1), Duration.ofSeconds(3), 3)))
                .isEqualTo(durations("3s 3s"));
    }

    @Test
    void exponentialDoesNotOverflowInAThousandAttempts() {
        List<Duration> delays = delays(RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofDays(1), 1000));

        assertThat(delays).hasSize(999).last().isEqualTo(Duration.ofDays(1));
    }

    @Test
    void noneIsOneAttempt() {
        assertThat(RetryPolicy.none().delayAfter(attempt(1))).isEmpty();
    }

    @Test
    void oneAttemptIsNoRetry() {
        assertThat(delays(RetryPolicy.fixed(Duration.ofSeconds(1), 1))).isEmpty();
    }

    @Test
    void attemptBeyondTheScheduleIsTheLast() {
        assertThat(RetryPolicy.quick().delayAfter(attempt(Integer.MAX_VALUE))).isEmpty();
    }

    @Test
    void jitterStaysWithinItsPart() {
        LongSummaryStatistics drawn = draws(new Random(42)).summaryStatistics();

        assertThat(drawn.getMin()).isBetween(80_000L, 80_100L);
        assertThat(drawn.getMax()).isBetween(119_900L, 120_000L);
    }

    @Test
    void jitterLeavesTheAverageAsItIs() {
        assertThat(draws(new Random(42)).average()).hasValueCloseTo(100_000.0, offset(500.0));
    }

    @Test
    void jitterOfTheSameRandomnessIsTheSame() {
        assertThat(draws(new Random(1)).toArray())
                .isEqualTo(draws(new Random(1)).toArray());
    }

    @Test
    void jitterOfOneReachesFromZeroToTwice() {
        RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(100), 2).withJitter(1, new Random(42));

        assertThat(Stream.generate(() -> policy.delayAfter(attempt(1)).orElseThrow())
                        .limit(DRAWS))
                .allMatch(delay -> !delay.isNegative() && delay.compareTo(Duration.ofSeconds(200)) <= 0);
    }

    @Test
    void jitterOfZeroChangesNothing() {
        assertThat(delays(RetryPolicy.quick().withJitter(0))).isEqualTo(delays(RetryPolicy.quick()));
    }

    @Test
    void jitterOfNoDelayIsNone() {
        assertThat(RetryPolicy.fixed(Duration.ZERO, 2).withJitter(0.5).delayAfter(attempt(1)))
                .contains(Duration.ZERO);
    }

    @Test
    void jitterKeepsTheNumberOfAttempts() {
        assertThat(RetryPolicy.none().withJitter(0.5).delayAfter(attempt(1))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY, 20})
    void jitterOfAnotherPartIsRefused(double part) {
        assertThatThrownBy(() -> RetryPolicy.none().withJitter(part))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 1");
    }

    @Test
    void negativeDelayIsRefused() {
        assertThatThrownBy(() -> RetryPolicy.schedule(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-1S");
    }

    @Test
    void negativeCapIsRefused() {
        assertThatThrownBy(() -> RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(-1), 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void missingDelayIsRefused() {
        assertThatThrownBy(() -> RetryPolicy.schedule(Duration.ZERO, null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1001, Integer.MAX_VALUE})
    void otherNumberOfAttemptsIsRefused(int attempts) {
        assertThatThrownBy(() -> RetryPolicy.fixed(Duration.ofSeconds(1), attempts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 1000");
    }

    @Test
    void longScheduleIsRefused() {
        Duration[] delays = new Duration[1000];
        Arrays.fill(delays, Duration.ZERO);

        assertThatThrownBy(() -> RetryPolicy.schedule(delays))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 1000");
    }

    private static LongStream draws(Random random) {
        RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(100), 2).withJitter(0.2, random);
        return Stream.generate(() -> policy.delayAfter(attempt(1)).orElseThrow())
                .limit(DRAWS)
                .mapToLong(Duration::toMillis);
    }

    private static List<Duration> delays(RetryPolicy policy) {
        List<Duration> delays = new ArrayList<>();
        Optional<Duration> delay = policy.delayAfter(attempt(1));
        while (delay.isPresent()) {
            delays.add(delay.get());
            delay = policy.delayAfter(attempt(delays.size() + 1));
        }
        return delays;
    }

    @Test
    void hugeCapDoesNotOverflow() {
        Duration huge = Duration.ofSeconds(Long.MAX_VALUE);

        assertThat(delays(RetryPolicy.exponential(Duration.ofSeconds(1), huge, 100)))
                .hasSize(99)
                .endsWith(huge);
    }

    @Test
    void negativeDelayIsRefusedEvenIfItIsNeverUsed() {
        Duration negative = Duration.ofSeconds(-1);

        assertThatThrownBy(() -> RetryPolicy.exponential(negative, Duration.ofSeconds(1), 1))
                .hasMessageContaining("must not be negative");
        assertThatThrownBy(() -> RetryPolicy.fixed(negative, 1)).hasMessageContaining("must not be negative");
    }

    private static List<Duration> durations(String text) {
        return Arrays.stream(text.split(" "))
                .map(part -> Duration.parse("PT" + part))
                .toList();
    }

    private static Attempt attempt(int number) {
        return new Attempt(
                number,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.of(500),
                Optional.empty(),
                Optional.empty(),
                "",
                false);
    }
}
