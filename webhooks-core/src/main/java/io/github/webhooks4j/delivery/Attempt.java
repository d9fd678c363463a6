package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One HTTP exchange of a delivery.
 *
 * @param number which attempt of the delivery this is, counted from 1. Two attempts have the same number if the first failed as
 *     {@link Failure#STALE} and the second repeats it
 * @param startedAt when the request started, by the store's clock
 * @param duration the time from the start to the answer or the failure
 * @param status the HTTP status of the answer; empty if there was none
 * @param failure why there was no answer; empty if there was one
 * @param detail what exactly failed; empty if there was an answer, or no more is known
 * @param retryAfter how long the receiver asked the sender to wait; empty if it did not ask
 * @param excerpt the beginning of the answer's body as text, at most 16 KiB; empty if there was none, or the client keeps
 *     none ({@link Capture#NONE}). The receiver wrote it: escape it before you show or log it. {@code ***} replaces secrets of the
 *     webhook that it echoes
 * @param skippedVerification whether the receiver's certificate was not verified, because the webhook says so ({@link
 *     io.github.webhooks4j.transport.TlsSettings#skipVerification}): somebody on the way may have read the request and written
 *     the answer
 */
public record Attempt(
        int number,
        Instant startedAt,
        Duration duration,
        OptionalInt status,
        Optional<Failure> failure,
        Optional<FailureDetail> detail,
        Optional<Duration> retryAfter,
        String excerpt,
        boolean skippedVerification) {
    /** An attempt of which no detail is known. */
    public Attempt(
            int number,
            Instant startedAt,
            Duration duration,
            OptionalInt status,
            Optional<Failure> failure,
            Optional<Duration> retryAfter,
            String excerpt,
            boolean skippedVerification) {
        this(number, startedAt, duration, status, failure, Optional.empty(), retryAfter, excerpt, skippedVerification);
    }

    /** Checks that the number is at least 1, that there is either a status or a failure, and that the detail is one of it. */
    public Attempt {
        if (number < 1) {
            throw new IllegalArgumentException("number is " + number + "; attempts count from 1");
        }
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(duration, "duration");
        Objects.requireNonNull(retryAfter, "retryAfter");
        Objects.requireNonNull(excerpt, "excerpt");
        if (status.isPresent() == failure.isPresent()) {
            throw new IllegalArgumentException("an attempt has either a status or a failure");
        }
        if (detail.isPresent() && !detail.map(FailureDetail::failure).equals(failure)) {
            throw new IllegalArgumentException("the detail " + detail.get() + " is none of the attempt's failure");
        }
    }

    /** Shows no excerpt: it is the receiver's text, and may hold line breaks or secrets that it echoes. */
    @Override
    public String toString() {
        String result = status.isPresent()
                ? Integer.toString(status.getAsInt())
                : failure.map(Failure::name).orElse("")
                        + detail.map(known -> " " + known).orElse("");
        return "Attempt[" + number + ", " + result + (skippedVerification ? ", skippedVerification" : "")
                + ", startedAt=" + startedAt + ", duration=" + duration + "]";
    }

    /**
     * What came of it, in English, for people: a clause such as {@code answered 503} or {@code the certificate has expired}. It shows
     * nothing that the receiver wrote.
     */
    public String text() {
        return status.isPresent()
                ? answered(status.getAsInt())
                : detail.map(FailureDetail::text)
                        .or(() -> failure.map(Failure::text))
                        .orElse("no answer");
    }

    /** When the answer had come, or the attempt failed, in whole milliseconds from the start. */
    public Instant endedAt() {
        return startedAt.plusMillis(duration.toMillis());
    }

    /** What came of an attempt that was answered with this status. */
    public static String answered(int status) {
        return "answered " + status;
    }

    /** This attempt without its excerpt. */
    public Attempt withoutExcerpt() {
        return new Attempt(number, startedAt, duration, status, failure, detail, retryAfter, "", skippedVerification);
    }
}
