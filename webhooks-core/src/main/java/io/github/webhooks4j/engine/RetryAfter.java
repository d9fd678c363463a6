package io.github.webhooks4j.engine;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the header {@code Retry-After} (RFC 9110, section 10.2.3). What is not understood is ignored. */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,20})(?:\\.([0-9]{1,9}))?");
    /** More than thirty years. */
    private static final int MAX_DIGITS = 9;

    private static final long MAX_SECONDS = 999_999_999;

    private static final DateTimeFormatter ASCTIME = DateTimeFormatter.ofPattern(
                    "EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private RetryAfter() {}

    /** How long the receiver asks to wait, more than zero; fractions of seconds are rounded up. */
    static Optional<Duration> parse(String value, Instant now) {
        Matcher seconds = SECONDS.matcher(value.strip());
        if (!seconds.matches()) {
            return date(value.strip(), now);
        }
        String fraction = seconds.group(2);
        boolean roundUp = fraction != null && !fraction.matches("0+");
        String digits = seconds.group(1).replaceFirst("^0+(?=.)", "");
        long whole = digits.length() > MAX_DIGITS ? MAX_SECONDS : Long.parseLong(digits) + (roundUp ? 1 : 0);
        return whole > 0 ? Optional.of(Duration.ofSeconds(whole)) : Optional.empty();
    }

    /** In one of the three forms of section 5.6.7. */
    private static Optional<Duration> date(String value, Instant now) {
        for (DateTimeFormatter form : List.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), ASCTIME)) {
            try {
                Instant date = form.parse(value, Instant::from);
                return date.isAfter(now) ? Optional.of(Duration.between(now, date)) : Optional.empty();
            } catch (DateTimeException e) {
                // Perhaps the next one.
            }
        }
        return Optional.empty();
    }

    /** Its year has two digits, and is at most 50 years ahead. */
    private static DateTimeFormatter rfc850(Instant now) {
        LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(49);
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, first)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);
    }
}
