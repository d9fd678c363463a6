package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.engine.Verdict.Meaning;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    private static final RetryPolicy HOURLY = RetryPolicy.fixed(Duration.ofHours(1), 10);

    private static Verdict on(Attempt attempt, RetryPolicy policy) {
        return Verdict.on(attempt, Set.of(), policy);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 226, 299})
    void successIsDelivered(int status) {
        assertThat(on(answered(1, status), HOURLY))
                .isEqualTo(new Verdict(Meaning.DELIVERED, DeliveryState.DELIVERED, Duration.ZERO, false));
    }

    @Test
    void goneIsExhaustedAtOnce() {
        assertThat(on(answered(1, 410), HOURLY))
                .isEqualTo(new Verdict(Meaning.GONE, DeliveryState.EXHAUSTED, Duration.ZERO, false));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                100, 199, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 408, 409, 411, 415, 421, 425,
                500, 501, 505, 599
            })
    void otherStatusIsTriedAgain(int status) {
        assertThat(on(answered(1, status), HOURLY))
                .isEqualTo(new Verdict(Meaning.FAILED, DeliveryState.PENDING, Duration.ofHours(1), false));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void overloadIsTriedAgainAndSlowsTheLaneDown(int status) {
        assertThat(on(answered(1, status), HOURLY))
                .isEqualTo(new Verdict(Meaning.FAILED, DeliveryState.PENDING, Duration.ofHours(1), true));
        assertThat(on(answered(10, status), HOURLY))
                .isEqualTo(new Verdict(Meaning.FAILED, DeliveryState.EXHAUSTED, Duration.ZERO, true));
    }

    @ParameterizedTest
    @CsvSource({
        "DNS, FAILED, false",
        "CONNECT, FAILED, false",
        "TLS, FAILED, false",
        "TIMEOUT, FAILED, true",
        "PROTOCOL, FAILED, false",
        "STALE, FAILED, false",
        "DENIED, DENIED, false",
        "INVALID, INVALID, false",
    })
    void failureUsesUpAnAttemptAndIsTriedAgain(Failure failure, Meaning meaning, boolean slowDown) {
        Verdict verdict = on(failed(failure), HOURLY);

        assertThat(verdict).isEqualTo(new Verdict(meaning, DeliveryState.PENDING, Duration.ofHours(1), slowDown));
        assertThat(verdict.usesUpAnAttempt()).isTrue();
    }

    @Test
    void failureOfOursUsesUpNoAttemptAndAsksNoPolicy() {
        Verdict verdict = on(failed(Failure.OURS), attempt -> {
            throw new AssertionError("asked");
        });

        assertThat(verdict).isEqualTo(new Verdict(Meaning.OURS, DeliveryState.PENDING, Duration.ZERO, false));
        assertThat(verdict.usesUpAnAttempt()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void everyFailureHasAVerdict(Failure failure) {
        assertThat(on(failed(failure), HOURLY).state()).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void lastAttemptIsExhausted() {
        assertThat(on(answered(10, 500), HOURLY).state()).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void attemptBeforeTheLastIsTriedAgain() {
        assertThat(on(answered(9, 500), HOURLY).state()).isEqualTo(DeliveryState.PENDING);
    }

    @Test
    void lastAttemptCanSucceed() {
        assertThat(on(answered(10, 200), HOURLY).state()).isEqualTo(DeliveryState.DELIVERED);
    }

    @Test
    void wishOfTheReceiverAddsNoAttempt() {
        assertThat(on(asked(10, Duration.ofMinutes(1)), HOURLY).state()).isEqualTo(DeliveryState.EXHAUSTED);
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
        assertThat(on(asked(1, asked), RetryPolicy.fixed(policy, 10)).delay()).isEqualTo(delay);
    }

    @Test
    void policyThatThrowsIsReplacedByTheStandard() {
        Verdict verdict = on(answered(1, 500), attempt -> {
            throw new IllegalStateException("broken");
        });

        assertThat(verdict.state()).isEqualTo(DeliveryState.PENDING);
        assertThat(verdict.delay()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
    }

    @Test
    void policyThatThrowsEndsWithTheStandard() {
        Verdict verdict = on(answered(10, 500), attempt -> {
            throw new IllegalStateException("broken");
        });

        assertThat(verdict.state()).isEqualTo(DeliveryState.EXHAUSTED);
    }

    @Test
    void policyThatReturnsNullIsReplacedByTheStandard() {
        assertThat(on(answered(2, 500), attempt -> null).delay())
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
    }

    @Test
    void negativeDelayIsNone() {
        assertThat(on(answered(1, 500), attempt -> Optional.of(Duration.ofSeconds(-1))))
                .isEqualTo(new Verdict(Meaning.FAILED, DeliveryState.PENDING, Duration.ZERO, false));
    }

    @Test
    void policyIsNotAskedAfterASuccess() {
        Verdict verdict = on(answered(1, 200), attempt -> {
            throw new AssertionError("asked");
        });

        assertThat(verdict.state()).isEqualTo(DeliveryState.DELIVERED);
    }

    private static Attempt failed(Failure failure) {
        return new Attempt(
                1,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.empty(),
                Optional.of(failure),
                Optional.empty(),
                "",
                false);
    }

    private static Attempt answered(int number, int status) {
        return new Attempt(
                number,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.of(status),
                Optional.empty(),
                Optional.empty(),
                "",
                false);
    }

    private static Attempt asked(int number, Duration retryAfter) {
        return new Attempt(
                number,
                Instant.EPOCH,
                Duration.ZERO,
                OptionalInt.of(503),
                Optional.empty(),
                Optional.of(retryAfter),
                "",
                false);
    }
}
