package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A store that forwards everything to another: a test overrides what it wants to see, count or break, of the store itself or of
 * one of its parts.
 *
 * <pre>{@code
 * DeliveryStore counting = ForwardingStore.withQueue(store, queue -> new ForwardingQueue(queue) {
 *     public Map<String, Instant> due(int limit) {
 *         looks.incrementAndGet();
 *         return super.due(limit);
 *     }
 * });
 * }</pre>
 */
public class ForwardingStore implements DeliveryStore {
    private final DeliveryStore target;

    public ForwardingStore(DeliveryStore target) {
        this.target = target;
    }

    /** A store with another queue. */
    public static DeliveryStore withQueue(DeliveryStore target, UnaryOperator<DeliveryQueue> change) {
        DeliveryQueue[] queue = new DeliveryQueue[1]; // that of some stores is there once they are open
        return new ForwardingStore(target) {
            @Override
            public DeliveryQueue queue() {
                synchronized (queue) {
                    queue[0] = queue[0] == null ? change.apply(super.queue()) : queue[0];
                    return queue[0];
                }
            }
        };
    }

    /** A store with other documents. */
    public static DeliveryStore withDocuments(DeliveryStore target, UnaryOperator<Documents> change) {
        Documents[] documents = new Documents[1];
        return new ForwardingStore(target) {
            @Override
            public Documents documents() {
                synchronized (documents) {
                    documents[0] = documents[0] == null ? change.apply(super.documents()) : documents[0];
                    return documents[0];
                }
            }
        };
    }

    /** A store with other counts by hour. */
    public static DeliveryStore withRollups(DeliveryStore target, UnaryOperator<Rollups> change) {
        return new ForwardingStore(target) {
            @Override
            public Rollups rollups() {
                return change.apply(super.rollups());
            }
        };
    }

    @Override
    public void open() {
        target.open();
    }

    @Override
    public Instant now() {
        return target.now();
    }

    @Override
    public Optional<CallersTransaction> callersTransaction() {
        return target.callersTransaction();
    }

    @Override
    public Documents documents() {
        return target.documents();
    }

    @Override
    public DeliveryQueue queue() {
        return target.queue();
    }

    @Override
    public DeliveryHistory history() {
        return target.history();
    }

    @Override
    public Rollups rollups() {
        return target.rollups();
    }

    @Override
    public void close() {
        target.close();
    }
}
