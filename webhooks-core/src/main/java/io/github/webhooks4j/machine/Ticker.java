package io.github.webhooks4j.machine;

import java.time.Instant;

/** This machine's clocks: both are arguments, so that tests can turn them by hand. */
public interface Ticker {
    /** The time of day. Jumps when somebody sets the clock; never decides when something is due. */
    Instant now();

    /** Nanoseconds since an arbitrary moment; never jumps. */
    long nanos();
}
