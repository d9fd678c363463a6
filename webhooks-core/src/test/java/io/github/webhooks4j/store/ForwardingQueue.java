package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Redelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Forwards everything to the queue of another store, see {@link ForwardingStore}. */
public class ForwardingQueue implements DeliveryQueue {
    private final DeliveryQueue target;

    public ForwardingQueue(DeliveryQueue target) {
        this.target = target;
    }

    /** Makes a call, whichever it is. */
    protected <T> T around(Supplier<T> call) {
        return call.get();
    }

    @Override
    public Set<UUID> insert(List<NewEvent> events) {
        return around(() -> target.insert(events));
    }

    @Override
    public Set<Claim> confirm(Collection<Claim> claims) {
        return around(() -> target.confirm(claims));
    }

    @Override
    public Map<String, Instant> due(int limit) {
        return around(() -> target.due(limit));
    }

    @Override
    public ClaimBatch claim(List<Want> wants, Duration lease) {
        return around(() -> target.claim(wants, lease));
    }

    @Override
    public Set<Claim> record(List<Outcome> outcomes) {
        return around(() -> target.record(outcomes));
    }

    @Override
    public void release(Map<Claim, Instant> due) {
        around(() -> {
            target.release(due);
            return true;
        });
    }

    @Override
    public void defer(Map<Claim, Duration> delays) {
        around(() -> {
            target.defer(delays);
            return true;
        });
    }

    @Override
    public boolean start(Claim claim, Duration lease) {
        return around(() -> target.start(claim, lease));
    }

    @Override
    public Swept sweep(Sweep sweep, int budget) {
        return around(() -> target.sweep(sweep, budget));
    }

    @Override
    public Redelivery redeliver(DeliveryId id) {
        return around(() -> target.redeliver(id));
    }

    @Override
    public Cancellation cancel(DeliveryId id) {
        return around(() -> target.cancel(id));
    }

    @Override
    public BulkStep<DeliveryPage.Place> recover(Recovery recovery, int limit, int budget) {
        return around(() -> target.recover(recovery, limit, budget));
    }

    @Override
    public BulkStep<UUID> replay(Replay replay, int budget) {
        return around(() -> target.replay(replay, budget));
    }
}
