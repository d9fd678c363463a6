package io.github.webhooks4j.machine;

import java.time.Duration;

/**
 * A delay that doubles each time.
 *
 * @param first the delay before it was doubled
 * @param cap the longest it becomes
 */
public record Doubling(Duration first, Duration cap) {
    /** {@code first × 2^times}, but at most {@code cap}; never overflows. */
    public Duration after(int times) {
        Duration half = cap.dividedBy(2);
        Duration delay = first;
        for (int i = 0; i < times; i++) {
            if (delay.compareTo(half) > 0) {
                return cap;
            }
            delay = delay.plus(delay);
        }
        return delay.compareTo(cap) < 0 ? delay : cap;
    }
}
