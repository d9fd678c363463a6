package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;

/** What receivers write into {@code Retry-After}, whatever it is: understood or ignored. */
class RetryAfterFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    @FuzzTest(maxDuration = "15s")
    void value(FuzzedDataProvider data) {
        RetryAfter.parse(data.consumeRemainingAsString(), NOW)
                .ifPresent(delay -> assertThat(delay).isPositive());
    }
}
