package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * How long things took lately: in the last five to ten minutes. Each power of two of microseconds is divided into 32 parts, so that
 * what is told of them is off by 1.6 % at most, up to twelve days. Takes 18 KiB, and nothing for each that is recorded. Safe for use
 * by any thread.
 */
public final class Latencies {
    /** The logarithm of the number of parts. */
    private static final int PART_BITS = 5;

    private static final int PARTS = 1 << PART_BITS;
    private static final int MAX_BITS = 40;
    private static final long MAX = (1L << MAX_BITS) - 1;
    private static final int BUCKETS = (MAX_BITS - PART_BITS + 1) * PARTS;
    private static final long SLICE = Duration.ofMinutes(5).toNanos();

    private final Ticker ticker;
    // guarded by this
    private long[] current = new long[BUCKETS];
    private long[] before = new long[BUCKETS];
    private long began;

    Latencies(Ticker ticker) {
        this.ticker = ticker;
        began = ticker.nanos();
    }

    /** Something took so long. */
    synchronized void record(long micros) {
        roll();
        current[bucket(Math.max(0, Math.min(micros, MAX)))]++;
    }

    private void roll() {
        long age = ticker.nanos() - began;
        if (age < SLICE) {
            return;
        }
        long[] oldest = before;
        before = current;
        current = oldest;
        Arrays.fill(current, 0);
        if (age >= 2 * SLICE) {
            Arrays.fill(before, 0);
        }
        began += age / SLICE * SLICE;
    }

    /** How many were recorded. */
    public synchronized long count() {
        roll();
        return LongStream.concat(Arrays.stream(current), Arrays.stream(before)).sum();
    }

    /**
     * What so many of a hundred did not take longer than; zero if nothing was recorded.
     *
     * @param percent 1 to 100
     */
    public synchronized Duration percentile(int percent) {
        long rank = Math.max(1, (count() * percent + 99) / 100);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += current[i] + before[i];
            if (seen >= rank) {
                return Duration.of(middle(i), ChronoUnit.MICROS);
            }
        }
        return Duration.ZERO;
    }

    /** What is below {@link #PARTS} has a bucket for each value. */
    static int bucket(long micros) {
        int shift = Math.max(0, Long.SIZE - 1 - PART_BITS - Long.numberOfLeadingZeros(micros | 1));
        return shift * PARTS + (int) (micros >>> shift);
    }

    static long middle(int bucket) {
        int shift = Math.max(0, bucket / PARTS - 1);
        long first = (long) (bucket - shift * PARTS) << shift;
        return first + (1L << shift) / 2;
    }
}
