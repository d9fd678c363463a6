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
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores events with a delivery for each webhook they match, and hands over to the lanes what this node can send itself. */
final class Publisher {
    private static final Duration MAX_VIEW_AGE = Duration.ofMillis(1500);

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);
    private static final int MAX_UNDER_WAY = 1_000;

    private final DeliveryStore store;
    private final Registry registry;
    private final Lanes lanes;
    private final Engine engine;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Duration lease;
    private final int maxEventBytes;
    private final Executor background;
    private final GroupCommit<FrozenEvent, Publication> group;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

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
        this.background = background;
        this.group = new GroupCommit<>(this::store, background);
    }

    Publication publish(Event event) {
        FrozenEvent frozen = freeze(event);
        return GroupCommit.await(commit(frozen));
    }

    /** Waits, when many are under way already, until one of them is stored. */
    CompletableFuture<Publication> publishAsync(Event event) {
        FrozenEvent frozen = freeze(event);
        underWay.acquireUninterruptibly();
        return commit(frozen).whenComplete((publication, thrown) -> underWay.release());
    }

    List<Publication> publishAll(Collection<Event> events) {
        List<FrozenEvent> frozen = events.stream().map(this::freeze).toList();
        return GroupCommit.await(CompletableFuture.supplyAsync(() -> store(frozen), background));
    }

    /**
     * Commits an event with others, or alone if the application chose its id: another transaction may hold that id for
     * long. Never on the caller's thread, whose interrupt would close the database file or connection under the commit.
     */
    private CompletableFuture<Publication> commit(FrozenEvent frozen) {
        CompletableFuture<Publication> committed = frozen.ownId()
                ? CompletableFuture.supplyAsync(() -> store(List.of(frozen)).get(0), background)
                : group.commitAsync(frozen);
        String eventId = frozen.event().id();
        return committed.exceptionallyCompose(thrown -> CompletableFuture.failedFuture(ownFailure(thrown, eventId)));
    }

    /** Of a commit that is unknown for several publishers, each is told its own id only. */
    private static Throwable ownFailure(Throwable thrown, String eventId) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause instanceof UnknownCommitException ? new UnknownCommitException(List.of(eventId), cause) : cause;
    }

    private FrozenEvent freeze(Event event) {
        return FrozenEvent.of(event, clock.now(), maxEventBytes);
    }

    /** Stores all of these in one transaction and hands over what was born leased. */
    private List<Publication> store(List<FrozenEvent> events) {
        registry.refreshIfOlderThan(MAX_VIEW_AGE);
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
                stored = store.insert(plans.stream().map(Planned::newEvent).toList());
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
        try {
            handOver(plans, stored, born);
        } catch (RuntimeException | Error e) {
            log.error("what was published could not be handed over; it is sent when its lease has passed", e);
        }
        return publications(plans, stored);
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
        for (WebhookSettings webhook :
                registry.match(frozen.event().tenant(), frozen.event().type())) {
            String webhookId = webhook.id();
            boolean bornLeased = frozen.deliverAt().isEmpty()
                    && registry.active(webhookId) != null
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
