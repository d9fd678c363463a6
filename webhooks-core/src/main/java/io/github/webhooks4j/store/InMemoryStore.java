package io.github.webhooks4j.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store that keeps everything in maps. Its clock is the one that it is given. The history of finished deliveries is
 * bounded: the oldest are forgotten. All of its parts share one lock, which is this object, so that what one call changes in
 * several of them is one change.
 */
final class InMemoryStore implements DeliveryStore {
    private static final Logger log = LoggerFactory.getLogger(InMemoryStore.class);

    private final InstantSource clock;
    private final InMemoryDocuments documents;
    private final InMemoryQueue queue;
    private final InMemoryHistory history;
    private final InMemoryRollups rollups;

    InMemoryStore(InstantSource clock) {
        this.clock = clock;
        KeptEvents events = new KeptEvents();
        queue = new InMemoryQueue(this, clock, events);
        documents = new InMemoryDocuments(this, clock, queue);
        history = new InMemoryHistory(this, events, queue);
        rollups = new InMemoryRollups(this);
    }

    @Override
    public void open() {}

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Optional<CallersTransaction> callersTransaction() {
        return Optional.empty();
    }

    @Override
    public Documents documents() {
        return documents;
    }

    @Override
    public DeliveryQueue queue() {
        return queue;
    }

    @Override
    public DeliveryHistory history() {
        return history;
    }

    @Override
    public Rollups rollups() {
        return rollups;
    }

    /** Says what is lost with it. */
    @Override
    public void close() {
        int lost = queue.size();
        if (lost > 0) {
            log.warn(
                    "closed a store in memory: {} that had not ended {} lost. A durable store, such as JdbcDeliveryStore, keeps them",
                    lost == 1 ? "1 delivery" : lost + " deliveries",
                    lost == 1 ? "is" : "are");
        }
    }
}
