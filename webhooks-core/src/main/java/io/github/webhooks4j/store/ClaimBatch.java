package io.github.webhooks4j.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was claimed.
 *
 * @param claimed the deliveries; for each webhook, the earliest first
 * @param waits the webhooks that may have more due deliveries than their rate limit made available, and after how long to try again
 */
public record ClaimBatch(List<Claimed> claimed, Map<String, Duration> waits) {
    /** Copies both. */
    public ClaimBatch {
        claimed = List.copyOf(claimed);
        waits = Map.copyOf(waits);
    }
}
