package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    private static final RetryPolicy HOURLY = RetryPolicy.fixed(Duration.ofHours(1), 10);

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 226, 299})
    void successIsDelivered(int status) {
        assertThat(Verdict.on(answered(1, status), HOURLY))
                .isEqualTo(new Verdict(DeliveryState.DELIVERED, Duration.ZERO));
    }

    @Test
    void goneIsExhaustedAtOnce() {
        assertThat(Verdict.on(answered(1, 410), HOURLY)).isEqualTo(new Verdict(DeliveryState.EXHAUSTED, Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {100, 199, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 408, 409, 411, 429, 500, 502, 503, 599})
    void otherStatusIsTriedAgain(int status) {
        assertThat(Verdict.on(answered(1, status), HOURLY))
                .isEqualTo(new Verdict(DeliveryState.PENDING, Duration.ofHours(1)));
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void failureIsTriedAgain(Failure failure) {
        Attempt attempt = new Attempt(
                1, Instant.EPOCH, Duration.ZERO, OptionalInt.empty(), Optional.of(failure), Optional.empty(), "");

        assertThat(Verdict.on(attempt, HOURLY)).isEqualTo(new Verdict(DeliveryState.PENDING, Duration.ofHours(1)));
    }

    @Test
    void lastAttemptIsExhausted() {
        assertThat(Verdict.on(answered(10, 500), HOURLY).state()).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void attemptBeforeTheLastIsTriedAgain() {
        assertThat(Verdict.on(answered(9, 500), HOURLY).state()).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void lastAttemptCanSucceed() {
        assertThat(Verdict.on(answered(10, 200), HOURLY).state()).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void wishOfTheReceiverAddsNoAttempt() {
        assertThat(Verdict.on(asked(10, Duration.ofMinutes(1)), HOURLY).state()).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @ParameterizedTest
    @CsvSource({
        "PT1H, PT1M, PT1H",
        "PT1H, PT1H, PT1H",
        "PT1H, PT1H0.001S, PT1H0.001S",
        "PT1H, PT5H59M59S, PT5H59M59S",
        "PT1H, PT6H, PT6H",
        "PT1H, PT6H0.001S, PT6H",
        "PT1H, PT24H, PT6H",
        "PT24H, PT30H, PT24H",
        "PT0S, PT2M, PT2M",
    })
    void laterOfPolicyAndWishHoldsAndAWishEndsAtSixHours(Duration policy, Duration asked, Duration delay) {
        assertThat(Verdict.on(asked(1, asked), RetryPolicy.fixed(policy, 10)).delay())
                .isEqualTo(delay);
    }

    @Test
    void policyThatThrowsIsReplacedByTheStandard() {
        Verdict verdict = Verdict.on(answered(1, 500), attempt -> {
            throw new IllegalStateException("broken");
        });

        assertThat(verdict.state()).isEqualTo(DeliveryState.PENDING);
        assertThat(verdict.delay()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
    }

    @Test
    void policyThatThrowsEndsWithTheStandard() {
        Verdict verdict = Verdict.on(answered(10, 500), attempt -> {
            throw new IllegalStateException("broken");
        });

        assertThat(verdict.state()).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void policyThatReturnsNullIsReplacedByTheStandard() {
        assertThat(Verdict.on(answered(2, 500), attempt -> null).delay())
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
    }

    @Test
    void negativeDelayIsNone() {
        assertThat(Verdict.on(answered(1, 500), attempt -> Optional.of(Duration.ofSeconds(-1))))
                .isEqualTo(new Verdict(DeliveryState.PENDING, Duration.ZERO));
    }

    @Test
    void policyIsNotAskedAfterASuccess() {
        Verdict verdict = Verdict.on(answered(1, 200), attempt -> {
            throw new AssertionError("asked");
        });

        assertThat(verdict.state()).isEqualTo(DeliveryState.DELIVERED);
    }

    private static Attempt answered(int number, int status) {
        return new Attempt(
                number, Instant.EPOCH, Duration.ZERO, OptionalInt.of(status), Optional.empty(), Optional.empty(), "");
    }

    private static Attempt asked(int number, Duration retryAfter) {
        return new Attempt(
                number,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.of(503),
                Optional.empty(),
                Optional.of(retryAfter),
                "");
    }
}
