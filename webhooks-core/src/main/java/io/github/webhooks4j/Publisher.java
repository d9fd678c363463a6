package io.github.webhooks4j;

import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.engine.Confirmations;
import io.github.webhooks4j.engine.Engine;
import io.github.webhooks4j.engine.GroupCommit;
import io.github.webhooks4j.engine.LeaseTerms;
import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.CallersTransaction;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.UnknownCommitException;
import io.github.webhooks4j.telemetry.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores events with a delivery for each webhook they match, and hands over to the lanes what this node can send itself. */
final class Publisher {
    private static final Duration MAX_VIEW_AGE = Duration.ofMillis(1500);
    /** When to look for deliveries whose commit nobody will tell of. */
    private static final Duration UNTOLD_COMMIT = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);
    private static final int MAX_UNDER_WAY = 1_000;

    private final DeliveryStore store;
    private final KnownDocuments documents;
    private final Registry registry;
    private final Lanes lanes;
    private final Counts counts;
    private final Engine engine;
    private final StoreClock clock;
    private final Ticker ticker;
    private final LeaseTerms terms;
    private final int maxEventBytes;
    private final Executor background;
    private final Executor alone;
    private final Executor stages;
    private final BiConsumer<UUID, String> unsent;
    private final GroupCommit<FrozenEvent, Publication> group;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

    /**
     * A publisher of one client.
     *
     * @param unsent told of a delivery that is due now and that this node did not take on
     */
    Publisher(
            DeliveryStore store,
            KnownDocuments documents,
            Registry registry,
            Lanes lanes,
            Counts counts,
            Engine engine,
            StoreClock clock,
            Ticker ticker,
            LeaseTerms terms,
            int maxEventBytes,
            Executor background,
            Executor alone,
            Executor stages,
            BiConsumer<UUID, String> unsent) {
        this.store = store;
        this.documents = documents;
        this.registry = registry;
        this.lanes = lanes;
        this.counts = counts;
        this.engine = engine;
        this.clock = clock;
        this.ticker = ticker;
        this.terms = terms;
        this.maxEventBytes = maxEventBytes;
        this.background = background;
        this.alone = alone;
        this.stages = stages;
        this.unsent = unsent;
        this.group = new GroupCommit<>(this::store, background);
    }

    Publication publish(Event event) {
        FrozenEvent frozen = freeze(event);
        Optional<CallersTransaction> joined = store.callersTransaction();
        return joined.isPresent() ? storeIn(joined.get(), List.of(frozen)).get(0) : GroupCommit.await(commit(frozen));
    }

    /** Waits, when many are under way already, until one of them is stored. */
    CompletableFuture<Publication> publishAsync(Event event) {
        if (store.callersTransaction().isPresent()) {
            throw new IllegalStateException(
                    "publishAsync cannot take part in the transaction that this thread is in; call"
                            + " publish, or publishAsync once the transaction has been committed");
        }
        FrozenEvent frozen = freeze(event);
        underWay.acquireUninterruptibly();
        return commit(frozen)
                // Before stages that depend on it run: one of them may be waiting for its turn.
                .whenComplete((publication, thrown) -> underWay.release())
                // On another thread: a stage that publishes would wait for this one, which commits.
                .whenCompleteAsync((publication, thrown) -> {}, stages);
    }

    List<Publication> publishAll(Collection<Event> events) {
        List<FrozenEvent> frozen = events.stream().map(this::freeze).toList();
        Optional<CallersTransaction> joined = store.callersTransaction();
        return joined.isPresent()
                ? storeIn(joined.get(), frozen)
                : GroupCommit.await(CompletableFuture.supplyAsync(() -> store(frozen), alone));
    }

    /**
     * Commits an event with others, or alone if the application chose its id: another transaction may hold that id for
     * long. Never on the caller's thread, whose interrupt would close the database file or connection under the commit.
     */
    private CompletableFuture<Publication> commit(FrozenEvent frozen) {
        CompletableFuture<Publication> committed = frozen.ownId()
                ? CompletableFuture.supplyAsync(() -> store(List.of(frozen)).get(0), alone)
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

    // ---- in a transaction of our own

    /** Stores all of these in one transaction and hands over what was born leased. */
    private List<Publication> store(List<FrozenEvent> events) {
        documents.refreshIfOlderThan(MAX_VIEW_AGE);
        Stored stored = insert(events, lanes::reserve, lanes::unreserve);
        try {
            handOver(stored);
        } catch (RuntimeException | Error e) {
            log.error("what was published could not be handed over; it is sent when its lease has passed", e);
        }
        return stored.publications();
    }

    private void handOver(Stored stored) {
        lanes.handOver(stored.born).forEach(engine.recorder()::release);
        engine.dispatch();
        expect(stored, Duration.ZERO);
    }

    // ---- in the caller's

    /** Stores all of these in the caller's transaction, on its thread, and sees to it that they are sent once it is committed. */
    private List<Publication> storeIn(CallersTransaction transaction, List<FrozenEvent> events) {
        if (documents.age().compareTo(MAX_VIEW_AGE) > 0) {
            // Not on this thread, where it would read what the transaction sees.
            GroupCommit.await(CompletableFuture.runAsync(() -> documents.refreshIfOlderThan(MAX_VIEW_AGE), background));
        }
        Stored stored =
                insert(events, lanes::reserveUncommitted, (webhookId, bytes) -> lanes.unreserveUncommitted(bytes));
        Confirmations confirmations = engine.confirmations();
        Confirmations.Batch batch = confirmations.add(stored.born, terms.lastStart(stored.leaseEnd));
        boolean hintWillCome = transaction.afterCommit(() -> {
            confirmations.hinted(batch);
            expect(stored, Duration.ZERO);
            engine.wake();
        });
        if (!hintWillCome) {
            confirmations.lookFor(batch);
            expect(stored, UNTOLD_COMMIT);
            engine.wake();
        }
        return stored.publications();
    }

    // ---- in either

    private interface Reserve {
        boolean reserve(String webhookId, int bytes);
    }

    private interface Unreserve {
        void unreserve(String webhookId, int bytes);
    }

    private Stored insert(List<FrozenEvent> events, Reserve reserve, Unreserve unreserve) {
        List<Planned> plans = new ArrayList<>(events.size());
        long leaseEnd = ticker.nanos() + terms.lease().toNanos();
        Instant now = clock.now();
        Set<UUID> stored = Set.of();
        List<Held> born = new ArrayList<>();
        try {
            for (FrozenEvent event : events) {
                plans.add(plan(event, reserve));
            }
            if (!plans.isEmpty()) {
                stored = store.queue()
                        .insert(plans.stream().map(Planned::newEvent).toList());
            }
        } finally {
            for (Planned plan : plans) {
                if (stored.contains(plan.key())) {
                    plan.leased().forEach(webhookId -> born.add(born(plan, webhookId, now, leaseEnd)));
                } else {
                    plan.leased().forEach(webhookId -> unreserve.unreserve(webhookId, plan.bytes()));
                }
            }
        }
        Stored result = new Stored(plans, stored, born, leaseEnd);
        counts.published(stored.size(), result.deliveries());
        return result;
    }

    /**
     * What became of an insert.
     *
     * @param keys of the events that are new
     * @param born what was born leased
     */
    private record Stored(List<Planned> plans, Set<UUID> keys, List<Held> born, long leaseEnd) {
        int deliveries() {
            int deliveries = 0;
            for (Planned plan : plans) {
                deliveries +=
                        keys.contains(plan.key()) ? plan.newEvent.deliveries().size() : 0;
            }
            return deliveries;
        }

        List<Publication> publications() {
            return plans.stream()
                    .map(plan -> {
                        boolean isNew = keys.contains(plan.key());
                        int deliveries = isNew ? plan.newEvent.deliveries().size() : 0;
                        return new Publication(plan.frozen.event().id(), !isNew, deliveries);
                    })
                    .toList();
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

    private Planned plan(FrozenEvent frozen, Reserve reserve) {
        List<NewDelivery> deliveries = new ArrayList<>();
        List<String> leased = new ArrayList<>();
        for (String webhookId :
                registry.match(frozen.event().tenant(), frozen.event().type())) {
            boolean bornLeased = frozen.deliverAt().isEmpty()
                    && registry.active(webhookId) != null
                    && reserve.reserve(webhookId, frozen.event().data().length);
            if (bornLeased) {
                leased.add(webhookId);
            }
            deliveries.add(new NewDelivery(webhookId, frozen.deliverAt(), bornLeased ? terms.lease() : Duration.ZERO));
        }
        return new Planned(frozen, new NewEvent(frozen.event(), deliveries), leased);
    }

    private static Held born(Planned plan, String webhookId, Instant now, long leaseEnd) {
        Claim claim = new Claim(plan.key(), webhookId, Claim.FIRST_FENCE);
        return new Held(new Claimed(claim, 0, now, now, plan.frozen.event()), leaseEnd);
    }

    /** Has the engine look for what was not born leased, when it is due but not before so long. */
    private void expect(Stored stored, Duration atLeast) {
        boolean any = false;
        for (Planned plan : stored.plans) {
            if (stored.keys.contains(plan.key())) {
                Instant soonest = clock.now().plus(atLeast);
                Instant dueAt =
                        plan.frozen.deliverAt().filter(soonest::isBefore).orElse(soonest);
                for (NewDelivery delivery : plan.newEvent.deliveries()) {
                    if (delivery.lease().isZero()) {
                        if (plan.frozen.deliverAt().isEmpty() && registry.active(delivery.webhookId()) != null) {
                            unsent.accept(plan.key(), delivery.webhookId());
                        }
                        engine.expected().at(delivery.webhookId(), dueAt);
                        any = true;
                    }
                }
            }
        }
        if (any) {
            engine.wake();
        }
    }
}
