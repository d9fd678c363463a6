package io.github.webhooks4j.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was claimed.
 *
 * @param claimed the deliveries, of each webhook the earliest first
 * @param waits the webhooks of which more could be due than the limits of their rates made available, and after how long to try
 *     again
 */
public record ClaimBatch(List<Claimed> claimed, Map<String, Duration> waits) {
    /** Copies both. */
    public ClaimBatch {
        claimed = List.copyOf(claimed);
        waits = Map.copyOf(waits);
    }
}
