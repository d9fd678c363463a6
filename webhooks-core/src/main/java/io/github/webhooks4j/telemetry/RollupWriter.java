package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Rollups;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds what this node has counted by hour to what the store has, once a minute. Each part has a number
 * and is repeated under it until the store has taken it, so that nothing is added twice. A crash loses what was counted since.
 */
public final class RollupWriter implements Loop.Step {
    private static final Logger log = LoggerFactory.getLogger(RollupWriter.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final int PART = 500;

    private final Counts counts;
    private final Rollups rollups;
    private final UUID writer;
    private final Ticker ticker;
    // guarded by this
    private final Deque<List<HourlyCount>> unwritten = new ArrayDeque<>();
    private long number = 1; // of the first of them

    /**
     * A writer of the counts of one client.
     *
     * @param writer names this client, from its start to its end
     */
    public RollupWriter(Counts counts, Rollups rollups, UUID writer, Ticker ticker) {
        this.counts = counts;
        this.rollups = rollups;
        this.writer = writer;
        this.ticker = ticker;
    }

    /** Has the chore woken when much waits to be written. */
    public void wakeBy(Runnable wake) {
        counts.onManyWait(wake);
    }

    /** Writes a part. */
    @Override
    public synchronized Duration step() {
        if (unwritten.isEmpty()) {
            takeParts();
        }
        if (!unwritten.isEmpty()) {
            writePart();
        }
        return unwritten.isEmpty() ? EVERY : Duration.ZERO;
    }

    private void takeParts() {
        List<HourlyCount> taken = counts.hourly().take();
        for (int from = 0; from < taken.size(); from += PART) {
            unwritten.add(new ArrayList<>(taken.subList(from, Math.min(from + PART, taken.size()))));
        }
    }

    private void writePart() {
        rollups.add(writer, number, unwritten.getFirst());
        unwritten.removeFirst();
        number++;
    }

    /** Writes what is left, until this moment of {@link Ticker#nanos}; what the store does not take is lost. */
    public synchronized void close(long deadlineNanos) {
        try {
            takeParts();
            while (!unwritten.isEmpty() && ticker.nanos() - deadlineNanos < 0) {
                writePart();
            }
        } catch (RuntimeException | Error e) {
            log.debug("the counts of the last minute are lost", e);
        }
    }
}
