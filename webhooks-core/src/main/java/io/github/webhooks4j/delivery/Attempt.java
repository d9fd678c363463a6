package io.github.webhooks4j.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One HTTP exchange of a delivery.
 *
 * @param number which attempt of the delivery, counted from 1. Two have the same number if the first met {@link
 *     Failure#STALE} and the second is its repetition
 * @param startedAt when the request was begun, by the store's clock
 * @param duration from then to the answer or the failure
 * @param status the HTTP status of the answer; empty if there was none
 * @param failure why there was no answer; empty if there was one
 * @param retryAfter how long the receiver asked to be left alone; empty if it did not ask
 * @param excerpt the beginning of the answer's body as text, at most 16 KiB; empty if there was none. Written by the
 *     receiver: escape it before it is shown or logged
 * @param skippedVerification whether the receiver's certificate was not verified, as the webhook wants it ({@link
 *     io.github.webhooks4j.transport.TlsSettings#skipVerification}): somebody on the way may have read the request and written the answer
 */
public record Attempt(
        int number,
        Instant startedAt,
        Duration duration,
        OptionalInt status,
        Optional<Failure> failure,
        Optional<Duration> retryAfter,
        String excerpt,
        boolean skippedVerification) {
    /** Checks that the number counts from 1 and that there is either a status or a failure. */
    public Attempt {
        if (number < 1) {
            throw new IllegalArgumentException("number is " + number + "; attempts are counted from 1");
        }
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(duration, "duration");
        Objects.requireNonNull(retryAfter, "retryAfter");
        Objects.requireNonNull(excerpt, "excerpt");
        if (status.isPresent() == failure.isPresent()) {
            throw new IllegalArgumentException("an attempt has either a status or a failure");
        }
    }

    /** Shows no excerpt: it is the receiver's text, and may hold line breaks or what it echoes. */
    @Override
    public String toString() {
        String result = status.isPresent()
                ? Integer.toString(status.getAsInt())
                : failure.map(Failure::name).orElse("");
        return "Attempt[" + number + ", " + result + (skippedVerification ? ", skippedVerification" : "")
                + ", startedAt=" + startedAt + ", duration=" + duration + "]";
    }

    /** This attempt without its excerpt. */
    public Attempt withoutExcerpt() {
        return new Attempt(number, startedAt, duration, status, failure, retryAfter, "", skippedVerification);
    }
}
