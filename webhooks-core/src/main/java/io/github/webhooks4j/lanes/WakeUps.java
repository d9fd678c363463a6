package io.github.webhooks4j.lanes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * When which webhook has something due. Times are rounded up to buckets of 20 ms, and their number is
 * bounded: what is left out is found by the regular look into the store. Not safe for use by several threads.
 */
final class WakeUps {
    private static final int MAX = 100_000;
    private static final long BUCKET_NANOS = 20_000_000;

    private final NavigableMap<Long, Set<String>> byBucket = new TreeMap<>();
    private int size;

    void add(String webhookId, long nanos) {
        long bucket = Math.floorDiv(nanos + BUCKET_NANOS - 1, BUCKET_NANOS);
        if (size < MAX && byBucket.computeIfAbsent(bucket, b -> new HashSet<>()).add(webhookId)) {
            size++;
        }
    }

    /** Removes and returns the webhooks whose time has come. */
    List<String> until(long nowNanos) {
        List<String> woken = new ArrayList<>();
        while (!byBucket.isEmpty() && byBucket.firstKey() * BUCKET_NANOS <= nowNanos) {
            Set<String> webhooks = byBucket.pollFirstEntry().getValue();
            size -= webhooks.size();
            woken.addAll(webhooks);
        }
        return woken;
    }

    /** The earliest time; {@link Long#MAX_VALUE} if there is none. */
    long next() {
        return byBucket.isEmpty() ? Long.MAX_VALUE : byBucket.firstKey() * BUCKET_NANOS;
    }
}
