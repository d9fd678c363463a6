package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "120,120",
                "1,1",
                "007,7",
                "120.1,121",
                "120.0,120",
                "120.000000001,121",
                "0.5,1",
                "999999999,999999999",
                "  120,120",
                "120\t ,120",
            })
    void secondsAreRoundedUp(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
    }

    /** RFC 9110 allows any number of digits; twenty are read. */
    @ParameterizedTest
    @ValueSource(strings = {"1234567890", "12345678901234567890", "9999999999.5"})
    void moreSecondsThanAnybodyWaitsAreVeryMany(String value) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(999_999_999));
    }

    @Test
    void zerosBeforeANumberDoNotCount() {
        assertThat(RetryAfter.parse("00000000000120", NOW)).contains(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.0", "000", " 0 "})
    void zeroIsNoWish(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "-120.5",
                "120.1234567890",
                "120.",
                ".5",
                "1,5",
                "1 2",
                "120s",
                "NaN",
                "Infinity",
                "1e9",
                "0x10",
                "\u0661\u0662",
                "soon",
                "PT2M",
                "2026-01-15T12:02:00Z",
                "Thu, 15 Jan 2026",
                "Thursday, 15-Jan-26",
                "Monday, 15-Jan-26 12:02:00 GMT",
                "Thursday, 15-Jan-2026 12:02:00 GMT",
                "Thursday, 15-Jan-26 12:02:00 PST",
                "Wednesday, 15-Jan-77 12:02:00 GMT",
                "Mon Jan 15 12:02:00 2026",
                "Thu Jan 15 12:02:00 2026 GMT",
                "Sun Feb 1 12:00:00 2026",
                "Mon, 15 Jan 2026 12:02:00 GMT",
                "Thu, 32 Jan 2026 12:02:00 GMT",
                "120\u0000"
            })
    void whatIsNotUnderstoodIsIgnored(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Thursday, 15-Jan-26 12:02:00 GMT | 120",
                "Friday, 16-Jan-26 12:00:00 GMT | 86400",
                "Tuesday, 15-Jan-30 12:00:00 GMT | 126230400",
                "Thu Jan 15 12:02:00 2026 | 120",
                "Sun Feb  1 12:00:00 2026 | 1468800",
                "Thu, 15 Jan 2026 12:00:01 GMT | 1",
                "Thu, 15 Jan 2026 12:02:00 GMT | 120",
                "Fri, 16 Jan 2026 12:00:00 GMT | 86400",
                "Thu, 15 Jan 2026 13:02:00 +0100 | 120",
            })
    void laterDateIsWaitedFor(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Thu, 15 Jan 2026 12:00:00 GMT", "Thu, 15 Jan 2026 11:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"
            })
    void dateThatHasPassedIsNoWish(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }

    @Test
    void dateIsReadWithSpacesAroundIt() {
        assertThat(RetryAfter.parse("  Thu, 15 Jan 2026 12:02:00 GMT ", NOW)).contains(Duration.ofMinutes(2));
    }

    @Test
    void endlessValueIsIgnored() {
        assertThat(RetryAfter.parse("9".repeat(100_000), NOW)).isEmpty();
    }
}
