package io.github.webhooks4j;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The deliveries of one webhook that this node holds a claim on. All of it is guarded by the lock of {@link Lanes}. */
final class Lane {
    private static final int MAX_QUEUE = 512;
    private static final double SMOOTHING = 0.2;

    final String webhookId;
    final Deque<Held> queue = new ArrayDeque<>();
    /** Requests that are under way. */
    int inFlight;
    /** Places promised to deliveries whose insert has not returned yet. */
    int reserved;
    /** Whether it waits for its turn among the lanes that can start a request. */
    boolean listed;
    /** Whether deliveries are, or may be, due in the store. */
    boolean due;

    /** Whether more became due since a claim was asked for. */
    boolean dueAgain;

    private double exchangeNanos;

    Lane(String webhookId, Duration assumedExchange) {
        this.webhookId = webhookId;
        this.exchangeNanos = assumedExchange.toNanos();
    }

    /** How many may wait here: as many as can be started within the time that a lease grants for waiting. */
    int capacity(int concurrency, Duration queueWait) {
        double startable = concurrency * (double) queueWait.toNanos() / Math.max(1, exchangeNanos);
        return (int) Math.max(1, Math.min(MAX_QUEUE, startable));
    }

    void exchanged(long nanos) {
        exchangeNanos += SMOOTHING * (nanos - exchangeNanos);
    }

    boolean isIdle() {
        return queue.isEmpty() && inFlight == 0 && reserved == 0 && !due;
    }
}
