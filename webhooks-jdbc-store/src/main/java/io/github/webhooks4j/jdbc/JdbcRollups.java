package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.store.Rollups;
import io.github.webhooks4j.store.TenantScope;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The counts by hour of a {@link JdbcDeliveryStore}. */
final class JdbcRollups implements Rollups {
    private final OpenStore.Source opened;

    JdbcRollups(OpenStore.Source opened) {
        this.opened = opened;
    }

    @Override
    public void add(UUID writer, long number, List<HourlyCount> counts) {
        OpenStore store = opened.get();
        store.own().write("add up what was counted", connection -> {
            store.rollups().add(connection, writer, number, counts);
            return number;
        });
    }

    @Override
    public List<HourlyCount> ofWebhook(TenantScope scope, String webhookId, Instant from, Instant to, int limit) {
        OpenStore store = opened.get();
        return store.own()
                .read(
                        "read what was counted",
                        connection -> store.rollups().ofWebhook(connection, scope, webhookId, from, to, limit));
    }

    @Override
    public Optional<List<HourlyCount>> totals(TenantScope scope, Instant from, Instant to, int budget) {
        OpenStore store = opened.get();
        return store.own()
                .read(
                        "read what was counted",
                        connection -> store.rollups().totals(connection, scope, from, to, budget));
    }

    @Override
    public int forget(Instant begunBefore, int limit) {
        OpenStore store = opened.get();
        return store.own()
                .write(
                        "forget what was counted long ago",
                        connection -> store.rollups().forget(connection, begunBefore, limit));
    }
}
