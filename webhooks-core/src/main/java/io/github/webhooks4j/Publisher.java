package io.github.webhooks4j;

import io.github.webhooks4j.DeliveryStore.Claim;
import io.github.webhooks4j.DeliveryStore.Claimed;
import io.github.webhooks4j.DeliveryStore.NewDelivery;
import io.github.webhooks4j.DeliveryStore.NewEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Stores events with a delivery for each webhook they match, and hands over to the lanes what this node can send itself. */
final class Publisher {
    private static final Duration MAX_VIEW_AGE = Duration.ofMillis(1500);

    private final DeliveryStore store;
    private final Registry registry;
    private final Lanes lanes;
    private final Engine engine;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Duration lease;
    private final int maxEventBytes;
    private final GroupCommit<FrozenEvent, Publication> group;

    Publisher(
            DeliveryStore store,
            Registry registry,
            Lanes lanes,
            Engine engine,
            StoreClock clock,
            Ticker ticker,
            Duration lease,
            int maxEventBytes,
            Executor background) {
        this.store = store;
        this.registry = registry;
        this.lanes = lanes;
        this.engine = engine;
        this.clock = clock;
        this.ticker = ticker;
        this.lease = lease;
        this.maxEventBytes = maxEventBytes;
        this.group = new GroupCommit<>(this::store, background);
    }

    Publication publish(Event event) {
        FrozenEvent frozen = freeze(event);
        registry.refreshIfOlderThan(MAX_VIEW_AGE);
        // Another transaction may hold an id of the caller's choice for long: nobody else is to wait for that.
        return frozen.ownId() ? store(List.of(frozen)).get(0) : group.commit(frozen);
    }

    CompletableFuture<Publication> publishAsync(Event event) {
        FrozenEvent frozen = freeze(event);
        registry.refreshIfOlderThan(MAX_VIEW_AGE);
        return group.commitAsync(frozen);
    }

    List<Publication> publishAll(Collection<Event> events) {
        List<FrozenEvent> frozen = events.stream().map(this::freeze).toList();
        registry.refreshIfOlderThan(MAX_VIEW_AGE);
        return store(frozen);
    }

    private FrozenEvent freeze(Event event) {
        return FrozenEvent.of(event, clock.now(), maxEventBytes);
    }

    /** Stores all of these in one transaction and hands over what was born leased. */
    private List<Publication> store(List<FrozenEvent> events) {
        List<Planned> plans = new ArrayList<>(events.size());
        long leaseEnd = ticker.nanos() + lease.toNanos();
        Instant now = clock.now();
        Set<UUID> stored = Set.of();
        List<Held> born = new ArrayList<>();
        try {
            for (FrozenEvent event : events) {
                plans.add(plan(event));
            }
            if (!plans.isEmpty()) {
                stored = insert(plans.stream().map(Planned::newEvent).toList());
            }
        } finally {
            for (Planned plan : plans) {
                if (stored.contains(plan.key())) {
                    plan.leased().forEach(webhookId -> born.add(born(plan, webhookId, now, leaseEnd)));
                } else {
                    plan.leased().forEach(webhookId -> lanes.unreserve(webhookId, plan.bytes()));
                }
            }
        }
        handOver(plans, stored, born);
        return publications(plans, stored);
    }

    /**
     * Inserts with the interrupt flag put aside: an interrupt would close the file or socket of the database under a commit
     * that others may share.
     */
    private Set<UUID> insert(List<NewEvent> events) {
        boolean interrupted = Thread.interrupted();
        try {
            return store.insert(events);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * What is to be stored of an event.
     *
     * @param leased the webhooks whose delivery is to be born leased
     */
    private record Planned(FrozenEvent frozen, NewEvent newEvent, List<String> leased) {
        UUID key() {
            return frozen.event().key();
        }

        int bytes() {
            return frozen.event().data().length;
        }
    }

    private Planned plan(FrozenEvent frozen) {
        List<NewDelivery> deliveries = new ArrayList<>();
        List<String> leased = new ArrayList<>();
        for (Subscription subscription :
                registry.match(frozen.event().tenant(), frozen.event().type())) {
            String webhookId = subscription.webhook().id();
            boolean bornLeased = frozen.deliverAt().isEmpty()
                    && lanes.reserve(webhookId, frozen.event().data().length);
            if (bornLeased) {
                leased.add(webhookId);
            }
            deliveries.add(new NewDelivery(webhookId, frozen.deliverAt(), bornLeased ? lease : Duration.ZERO));
        }
        return new Planned(frozen, new NewEvent(frozen.event(), deliveries), leased);
    }

    private static Held born(Planned plan, String webhookId, Instant now, long leaseEnd) {
        Claim claim = new Claim(plan.key(), webhookId, Claim.FIRST_FENCE);
        return new Held(new Claimed(claim, 0, 1, now, now, plan.frozen.event()), leaseEnd);
    }

    private void handOver(List<Planned> plans, Set<UUID> stored, List<Held> born) {
        lanes.handOver(born).forEach(engine.recorder()::release);
        boolean wake = false;
        for (Planned plan : plans) {
            if (stored.contains(plan.key())) {
                Instant dueAt = plan.frozen.deliverAt().orElseGet(clock::now);
                for (NewDelivery delivery : plan.newEvent.deliveries()) {
                    if (delivery.lease().isZero()) {
                        engine.expect(delivery.webhookId(), dueAt);
                        wake = true;
                    }
                }
            }
        }
        engine.dispatch();
        if (wake) {
            engine.wake();
        }
    }

    private static List<Publication> publications(List<Planned> plans, Set<UUID> stored) {
        return plans.stream()
                .map(plan -> {
                    boolean isNew = stored.contains(plan.key());
                    int deliveries = isNew ? plan.newEvent.deliveries().size() : 0;
                    return new Publication(plan.frozen.event().id(), !isNew, deliveries);
                })
                .toList();
    }
}
