package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTermsTest {
    @ParameterizedTest
    @CsvSource({
        "PT15S, PT60S",
        "PT1S, PT4S",
        "PT0.999S, PT3.999S",
        "PT0.1S, PT3.1S",
        "PT10M, PT40M",
    })
    void leaseIsTheSumOfItsParts(Duration exchange, Duration lease) {
        assertThat(LeaseTerms.of(exchange).lease()).isEqualTo(lease);
    }

    @Test
    void shortExchangeLeavesASecondForEachOtherPart() {
        assertThat(LeaseTerms.of(Duration.ofMillis(100)))
                .isEqualTo(new LeaseTerms(
                        Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }

    @Test
    void lastStartLeavesTimeForExchangeRecordAndMargin() {
        LeaseTerms terms = new LeaseTerms(
                Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(300), Duration.ofSeconds(4000));

        assertThat(terms.lastStart(5_000_000_000_000L)).isEqualTo(680_000_000_000L);
    }

    @Test
    void lastStartMayLieBelowZero() {
        assertThat(LeaseTerms.of(Duration.ofSeconds(1)).lastStart(-1)).isEqualTo(-3_000_000_001L);
    }

    @Test
    void freshLeaseLeavesTheTimeInTheLane() {
        LeaseTerms terms = LeaseTerms.of(Duration.ofSeconds(15));

        assertThat(terms.lastStart(terms.lease().toNanos()))
                .isEqualTo(terms.queueWait().toNanos());
    }
}
