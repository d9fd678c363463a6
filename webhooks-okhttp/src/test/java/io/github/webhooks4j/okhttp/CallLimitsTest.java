package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallLimitsTest {
    private static final int WANTED = 100_000;
    private static final int OF_HEADS = 1024;
    private static final int OF_BODIES = 8 * OF_HEADS;

    private final ReadBudget budget = new ReadBudget(64_000);
    private final CallLimits limits = CallLimits.begin(Long.MAX_VALUE, budget);

    @AfterEach
    void end() {
        CallLimits.end();
    }

    @Test
    void onlyABodyWithALengthIsReadInLargePieces() throws IOException {
        assertThat(limits.grant(WANTED)).isEqualTo(OF_HEADS);
        CallLimits.beginAnswer();
        assertThat(limits.grant(WANTED)).isEqualTo(OF_HEADS);
        CallLimits.beginBody();
        assertThat(limits.grant(WANTED)).isEqualTo(OF_BODIES);
        CallLimits.beginAnswer(); // on another connection
        assertThat(limits.grant(WANTED)).isEqualTo(OF_HEADS);
    }

    @Test
    void byteOfABodyCostsOneAndOfAHeadThirtyTwo() {
        CallLimits.beginAnswer();
        limits.used(1000);
        assertThat(budget.isSpent(32_000)).isFalse();
        CallLimits.beginBody();
        limits.used(31_999);
        assertThat(budget.isSpent(63_999)).isFalse();

        limits.used(1);

        assertThat(budget.isSpent(64_000)).isTrue();
    }
}
