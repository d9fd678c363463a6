package io.github.webhooks4j.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Forwards everything to the queue of another store, see {@link ForwardingStore}. */
public class ForwardingQueue implements DeliveryQueue {
    private final DeliveryQueue target;

    public ForwardingQueue(DeliveryQueue target) {
        this.target = target;
    }

    @Override
    public Set<UUID> insert(List<NewEvent> events) {
        return target.insert(events);
    }

    @Override
    public Set<Claim> confirm(Collection<Claim> claims) {
        return target.confirm(claims);
    }

    @Override
    public Map<String, Instant> due(int limit) {
        return target.due(limit);
    }

    @Override
    public ClaimBatch claim(List<Want> wants, Duration lease) {
        return target.claim(wants, lease);
    }

    @Override
    public Set<Claim> record(List<Outcome> outcomes) {
        return target.record(outcomes);
    }

    @Override
    public void release(Map<Claim, Instant> due) {
        target.release(due);
    }

    @Override
    public Swept sweep(Sweep sweep, int budget) {
        return target.sweep(sweep, budget);
    }
}
