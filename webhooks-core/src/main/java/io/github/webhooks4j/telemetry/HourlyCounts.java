package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node has counted for each webhook and hour and not handed on yet. It allocates only for what is counted for the first time
 * since it was handed on. Bounded: what does not fit is not counted, and the log says so once. Safe for use by any thread.
 */
final class HourlyCounts {
    private static final Logger log = LoggerFactory.getLogger(HourlyCounts.class);
    private static final int MAX = 10_000;
    private static final int HALF_FULL = MAX / 2;
    private static final int SECONDS_OF_HOUR = 3600;

    // guarded by this
    private Map<String, Count> counts = new HashMap<>();
    private int size;
    private boolean toldFull;

    /** One of the counts of a webhook, in a list of them. */
    private static final class Count {
        final long hour; // in seconds since 1970
        final Optional<String> tenant;
        final DeliveryState outcome;
        final int cause;
        final @Nullable Count next;
        long count;
        long millis;

        Count(long hour, Optional<String> tenant, DeliveryState outcome, int cause, @Nullable Count next) {
            this.hour = hour;
            this.tenant = tenant;
            this.outcome = outcome;
            this.cause = cause;
            this.next = next;
        }

        boolean isOf(long hour, DeliveryState outcome, int cause) {
            return this.hour == hour && this.outcome == outcome && this.cause == cause;
        }

        HourlyCount told(String webhookId) {
            return new HourlyCount(
                    Instant.ofEpochSecond(hour),
                    webhookId,
                    tenant,
                    outcome,
                    Cause.name(cause),
                    count,
                    Duration.ofMillis(millis));
        }
    }

    /**
     * Counts one.
     *
     * @return whether so much waits now that it should be handed on soon; true once only
     */
    synchronized boolean add(
            String webhookId, Optional<String> tenant, DeliveryState outcome, int cause, long millis, Instant at) {
        long hour = Math.floorDiv(at.getEpochSecond(), SECONDS_OF_HOUR) * SECONDS_OF_HOUR;
        Count first = counts.get(webhookId);
        Count count = first;
        while (count != null && !count.isOf(hour, outcome, cause)) {
            count = count.next;
        }
        boolean isNew = count == null;
        if (count == null) {
            if (size == MAX) {
                tellFull();
                return false;
            }
            count = new Count(hour, tenant, outcome, cause, first);
            counts.put(webhookId, count);
            size++;
        }
        count.count++;
        count.millis += millis;
        return isNew && size == HALF_FULL;
    }

    private void tellFull() {
        if (!toldFull) {
            toldFull = true;
            log.warn(
                    "the hourly counts of this node cannot be written fast enough; what goes beyond {} of them is left out of the"
                            + " statistics. Deliveries are not affected",
                    MAX);
        }
    }

    /** Hands everything on. */
    synchronized List<HourlyCount> take() {
        List<HourlyCount> taken = new ArrayList<>(size);
        counts.forEach((webhookId, first) -> {
            for (Count count = first; count != null; count = count.next) {
                taken.add(count.told(webhookId));
            }
        });
        counts = new HashMap<>();
        size = 0;
        toldFull = false;
        return taken;
    }
}
