package io.github.webhooks4j.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.history.TooManyTestsException;
import io.github.webhooks4j.machine.ManualClock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TestBoundsTest {
    private static final Optional<String> NONE = Optional.empty();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock();
    private final TestBounds bounds = new TestBounds(clock, Duration.ofMinutes(5));

    /** Makes calls that are over at once. */
    private void make(Optional<String> tenant, int calls) {
        bounds.begin(Collections.nCopies(calls, tenant));
        bounds.endTurn(tenant);
    }

    private void assertRefused(Optional<String> tenant, int calls, Duration retryAfter, String message) {
        assertThatThrownBy(() -> make(tenant, calls))
                .isInstanceOfSatisfying(
                        TooManyTestsException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(retryAfter))
                .hasMessageContaining(message);
    }

    @Test
    void tenBeginInAnyMinuteAndTheEleventhIsToldWhenToComeBack() {
        make(NONE, 1);
        clock.advance(Duration.ofSeconds(20));
        for (int i = 0; i < 9; i++) {
            make(NONE, 1);
        }
        clock.advance(Duration.ofMillis(39_500));
        assertRefused(NONE, 1, Duration.ofMillis(500), "0 are left now, and 1 were asked for: try again in 1 s");

        clock.advance(Duration.ofMillis(500));
        make(NONE, 1);
        assertRefused(NONE, 1, Duration.ofSeconds(20), "webhooks without a tenant");
        clock.advance(Duration.ofSeconds(20));
        make(NONE, 9);
        assertRefused(NONE, 1, Duration.ofSeconds(40), "try again in 40 s");
    }

    @Test
    void eachTenantHasItsOwnRate() {
        make(Optional.of("acme"), 10);

        make(NONE, 10);
        make(Optional.of("globex"), 10);
        assertRefused(Optional.of("acme"), 1, MINUTE, "of tenant acme, at most 10");
    }

    @Test
    void callForSeveralIsRefusedAsAWholeIfOneOfItsTenantsHasTooFewLeft() {
        make(Optional.of("acme"), 8);
        clock.advance(Duration.ofSeconds(1));
        make(Optional.of("acme"), 1);

        assertThatThrownBy(() -> bounds.begin(List.of(NONE, Optional.of("acme"), Optional.of("acme"))))
                .isInstanceOfSatisfying(
                        TooManyTestsException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(59)))
                .hasMessageContaining("1 are left now, and 2 were asked for");

        make(NONE, 10);
        make(Optional.of("acme"), 1);
    }

    @Test
    void moreThanTheRateAtOnceIsAdvisedToBeDivided() {
        assertRefused(NONE, 11, MINUTE, "10 are left now, and 11 were asked for: test at most 10 webhooks at a time");
        make(NONE, 3);
        clock.advance(Duration.ofSeconds(10));
        assertRefused(NONE, 11, Duration.ofSeconds(50), "7 are left now");
    }

    @Test
    void whoWaitsForATurnOfHisTenantKeepsNobodyElseWaiting() {
        bounds.begin(List.of(NONE));
        bounds.begin(List.of(NONE));
        CompletableFuture<Boolean> third = CompletableFuture.supplyAsync(() -> {
            bounds.begin(List.of(NONE));
            return true;
        });
        while (bounds.waiting() == 0) {
            Thread.onSpinWait();
        }

        bounds.begin(List.of(Optional.of("acme")));

        assertThat(third).isNotDone();
        bounds.endTurn(NONE);
        assertThat(third.join()).isTrue();
    }

    @Test
    void whoWaitsIsRefusedWhenTheClientIsClosed() {
        bounds.begin(List.of(NONE));
        bounds.begin(List.of(NONE));
        CompletableFuture<Boolean> third = CompletableFuture.supplyAsync(() -> {
            bounds.begin(List.of(NONE));
            return true;
        });
        while (bounds.waiting() == 0) {
            Thread.onSpinWait();
        }

        bounds.close();

        assertThatThrownBy(third::join).hasRootCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bounds.begin(List.of(Optional.of("acme")))).hasMessageContaining("closed");
    }

    @Test
    void whoseTurnDoesNotComeInTimeIsRefusedAndNotCounted() {
        TestBounds impatient = new TestBounds(clock, Duration.ofMillis(20));
        impatient.begin(List.of(NONE, NONE));
        impatient.begin(List.of(NONE));

        assertThatThrownBy(() -> impatient.begin(List.of(NONE, NONE)))
                .isInstanceOfSatisfying(
                        TooManyTestsException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(20)))
                .hasMessageContaining("2 test calls of webhooks without a tenant are under way");

        impatient.endTurn(NONE);
        impatient.begin(Collections.nCopies(7, NONE));
        assertThatThrownBy(() -> impatient.begin(List.of(NONE))).hasMessageContaining("0 are left now");
    }

    @Test
    void whatIsKnownOfManyTenantsIsBounded() {
        for (int i = 0; i < 30_000; i++) {
            make(Optional.of("t" + i), 1);
        }
        assertThat(bounds.tenantsKnown()).isLessThanOrEqualTo(10_001);

        clock.advance(MINUTE);
        make(NONE, 1);
        assertThat(bounds.tenantsKnown()).isEqualTo(1);
    }
}
