package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Recovery;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** The queue of a {@link JdbcDeliveryStore}. */
final class JdbcQueue implements DeliveryQueue {
    private final OpenStore.Source opened;

    JdbcQueue(OpenStore.Source opened) {
        this.opened = opened;
    }

    @Override
    public Set<UUID> insert(List<NewEvent> events) {
        OpenStore store = opened.get();
        if (events.isEmpty()) {
            return Set.of();
        }
        List<String> ids = events.stream().map(event -> event.event().id()).toList();
        return store.joined().publish(ids, connection -> store.statements().insert(connection, events));
    }

    @Override
    public Set<Claim> confirm(Collection<Claim> claims) {
        OpenStore store = opened.get();
        if (claims.isEmpty()) {
            return Set.of();
        }
        return store.own()
                .read("confirm deliveries", connection -> store.deliveries().standing(connection, claims));
    }

    @Override
    public Map<String, Instant> due(int limit) {
        OpenStore store = opened.get();
        return store.own()
                .read("look for due webhooks", connection -> store.statements().due(connection, limit));
    }

    @Override
    public ClaimBatch claim(List<Want> wants, Duration lease) {
        OpenStore store = opened.get();
        if (wants.isEmpty()) {
            return new ClaimBatch(List.of(), Map.of());
        }
        RateLimitRows rates = store.rates();
        Set<String> missing = rates.missing(wants);
        if (!missing.isEmpty()) {
            store.own().write("limit rates", connection -> {
                rates.add(connection, missing);
                return missing.size();
            });
        }
        return store.own().writeUnlocked("claim deliveries", connection -> rates.claim(connection, wants, lease));
    }

    @Override
    public Set<Claim> record(List<Outcome> outcomes) {
        OpenStore store = opened.get();
        if (outcomes.isEmpty()) {
            return Set.of();
        }
        return store.own()
                .write("record outcomes", connection -> store.deliveries().record(connection, outcomes));
    }

    @Override
    public void release(Map<Claim, Instant> due) {
        OpenStore store = opened.get();
        if (!due.isEmpty()) {
            store.own().write("release claims", connection -> {
                store.deliveries().release(connection, due);
                return due.size();
            });
        }
    }

    @Override
    public void defer(Map<Claim, Duration> delays) {
        OpenStore store = opened.get();
        if (!delays.isEmpty()) {
            store.own().write("defer deliveries", connection -> {
                store.deliveries().defer(connection, delays);
                return delays.size();
            });
        }
    }

    @Override
    public boolean start(Claim claim, Duration lease) {
        OpenStore store = opened.get();
        return store.own()
                .write("record a start", connection -> store.deliveries().start(connection, claim, lease));
    }

    @Override
    public Swept sweep(Sweep sweep, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .write("end deliveries", connection -> store.deliveries().sweep(connection, sweep, budget));
    }

    @Override
    public Redelivery redeliver(DeliveryId id) {
        OpenStore store = opened.get();
        return store.own()
                .write("redeliver a delivery", connection -> store.deliveries().redeliver(connection, id));
    }

    @Override
    public Cancellation cancel(DeliveryId id) {
        OpenStore store = opened.get();
        return store.own()
                .write("cancel a delivery", connection -> store.deliveries().cancel(connection, id));
    }

    @Override
    public BulkStep<DeliveryPage.Place> recover(Recovery recovery, int limit, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .write(
                        "recover deliveries",
                        connection -> store.deliveries().recover(connection, recovery, limit, budget));
    }

    @Override
    public BulkStep<UUID> replay(Replay replay, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .write("replay events", connection -> store.deliveries().replay(connection, replay, budget));
    }
}
