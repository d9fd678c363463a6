package io.github.webhooks4j.engine;

import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.DeliveryQueue;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that nobody delivers: this client publishes and was never started, and a minute later no other client has claimed what
 * it published. Says so once. It costs one look at the store, for one delivery.
 */
public final class Undelivered {
    private static final Logger log = LoggerFactory.getLogger(Undelivered.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** A delivery that is not there any more may have been rolled back by the application. */
    private static final int SAMPLES = 3;

    private static final int UNCLAIMED = 0;

    private final DeliveryQueue queue;
    private final Ticker ticker;
    private @Nullable Sample sample; // guarded by this
    private int samplesLeft = SAMPLES; // guarded by this

    private record Sample(Claim claim, long publishedNanos) {}

    public Undelivered(DeliveryQueue queue, Ticker ticker) {
        this.queue = queue;
        this.ticker = ticker;
    }

    /**
     * Takes note of a delivery that can be sent now, and was stored by a client that does not deliver.
     *
     * @return whether it is one to look for later
     */
    public synchronized boolean published(UUID event, String webhookId) {
        if (samplesLeft <= 0 || sample != null) {
            return false;
        }
        sample = new Sample(new Claim(event, webhookId, UNCLAIMED), ticker.nanos());
        return true;
    }

    /** Whether something was published that nobody is known to deliver. */
    public synchronized boolean isOpen() {
        return sample != null;
    }

    /** Looks, when it is time, whether somebody has claimed it; tells how long to wait for that. */
    public Duration step() {
        Sample published = sample();
        if (published == null) {
            return Loop.UNTIL_WOKEN;
        }
        Duration left = PATIENCE.minusNanos(ticker.nanos() - published.publishedNanos());
        if (left.toNanos() > 0) {
            return left;
        }
        boolean waits = !queue.confirm(List.of(published.claim())).isEmpty();
        looked(waits);
        if (!waits) {
            return Loop.UNTIL_WOKEN;
        }
        log.warn(
                "nothing delivers what this client publishes: it was not started, and no other client on this store took"
                        + " an event that was published a minute ago. Call start() on this client, or on one in another process."
                        + " Nothing is lost: the events wait in the store");
        return Loop.UNTIL_WOKEN;
    }

    private synchronized @Nullable Sample sample() {
        return sample;
    }

    private synchronized void looked(boolean waits) {
        samplesLeft = waits ? 0 : samplesLeft - 1;
        sample = null;
    }
}
