package io.github.webhooks4j.examples;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Prints what happens, one aligned line each. */
final class Console {
    private final long began = System.nanoTime();

    /** A line of its own. */
    void say(String text) {
        System.out.println(text);
    }

    /** A line about one event: when, where, which, what. */
    void tell(String where, String eventId, String what) {
        double seconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 1000.0;
        System.out.println(String.format(Locale.ROOT, "%7.3f  %-12s %-30s %s", seconds, where, eventId, what));
    }
}
