package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.HourlyCount;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Forwards everything to the counts by hour of another store, see {@link ForwardingStore}. */
public class ForwardingRollups implements Rollups {
    private final Rollups target;

    public ForwardingRollups(Rollups target) {
        this.target = target;
    }

    @Override
    public void add(UUID writer, long number, List<HourlyCount> counts) {
        target.add(writer, number, counts);
    }

    @Override
    public List<HourlyCount> ofWebhook(TenantScope scope, String webhookId, Instant from, Instant to, int limit) {
        return target.ofWebhook(scope, webhookId, from, to, limit);
    }

    @Override
    public Optional<List<HourlyCount>> totals(TenantScope scope, Instant from, Instant to, int budget) {
        return target.totals(scope, from, to, budget);
    }

    @Override
    public int forget(Instant begunBefore, int limit) {
        return target.forget(begunBefore, limit);
    }
}
