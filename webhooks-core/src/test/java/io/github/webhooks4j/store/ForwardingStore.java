package io.github.webhooks4j.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A store that forwards everything to another: a test overrides what it wants to see, count or break. To change one of the parts,
 * override {@link #documents}, {@link #queue} or {@link #history} and return a forwarding part, made once.
 *
 * <pre>{@code
 * DeliveryStore counting = new ForwardingStore(store) {
 *     private final DeliveryQueue queue = new ForwardingQueue(super.queue()) {
 *         public Map<String, Instant> due(int limit) {
 *             looks.incrementAndGet();
 *             return super.due(limit);
 *         }
 *     };
 *
 *     public DeliveryQueue queue() {
 *         return queue;
 *     }
 * };
 * }</pre>
 */
public class ForwardingStore implements DeliveryStore {
    private final DeliveryStore target;

    public ForwardingStore(DeliveryStore target) {
        this.target = target;
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
    public void close() {
        target.close();
    }
}
