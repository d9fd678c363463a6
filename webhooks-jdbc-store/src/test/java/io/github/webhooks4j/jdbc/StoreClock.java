package io.github.webhooks4j.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that is moved by hand. */
final class StoreClock implements InstantSource {
    // Within the hour that does not exist in much of Europe.
    private volatile Instant now = Instant.parse("2026-03-29T01:30:00.123456Z");

    @Override
    public Instant instant() {
        return now;
    }

    void elapse(Duration duration) {
        now = now.plus(duration);
    }
}
