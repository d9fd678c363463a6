package io.github.webhooks4j.machine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Both clocks of a machine, turned by hand. Safe for use by any thread. */
public final class ManualClock implements Ticker, InstantSource {
    private Instant now = Instant.parse("2026-01-15T12:00:00Z");
    private long nanos = -5_000_000_000L; // begins below zero, as System.nanoTime() may

    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
        nanos += duration.toNanos();
    }

    @Override
    public Instant now() {
        return instant();
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }
}
