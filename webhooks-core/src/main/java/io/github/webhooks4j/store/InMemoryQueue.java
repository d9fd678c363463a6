package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.DeliveryPage.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The unfinished deliveries of the in-memory store, in the order in which they are due. */
final class InMemoryQueue implements DeliveryQueue {
    private static final NavigableSet<Pending> NONE = new TreeSet<>(Pending.ORDER);

    private final Object lock;
    private final InstantSource clock;
    // all guarded by lock
    private final KeptEvents events;
    private final NavigableMap<String, NavigableSet<Pending>> lanes = new TreeMap<>();
    private final Map<Place, Pending> pending = new HashMap<>();
    private final Map<String, Instant> rates = new HashMap<>();
    private String dueFrom = ""; // where the next call of due() goes on

    InMemoryQueue(Object lock, InstantSource clock, KeptEvents events) {
        this.lock = lock;
        this.clock = clock;
        this.events = events;
    }

    /** A row of the unfinished. Its place in the order is fixed while it is in a set. */
    private static final class Pending {
        static final Comparator<Pending> ORDER =
                Comparator.comparing((Pending row) -> row.nextAt).thenComparing(row -> row.key.event());
        static final Instant REDELIVERED = Instant.EPOCH; // before everything that is due

        final Place key;
        final Instant firstDueAt;
        Instant nextAt;
        int fence;
        int attempts;
        int claims;
        int starts;
        Optional<DeliveryState> former = Optional.empty();

        Pending(Place key, Instant firstDueAt, Instant nextAt) {
            this.key = key;
            this.firstDueAt = firstDueAt;
            this.nextAt = nextAt;
        }

        /** One that was redelivered is due since then, though it is before everything else. */
        Instant shownNextAt() {
            return nextAt.equals(REDELIVERED) ? firstDueAt : nextAt;
        }

        boolean isLeased(Instant now) {
            return claims > 0 && nextAt.isAfter(now);
        }
    }

    @Override
    public Set<UUID> insert(List<NewEvent> newEvents) {
        synchronized (lock) {
            Set<UUID> inserted = new HashSet<>();
            for (NewEvent each : newEvents) {
                StoredEvent event = each.event();
                List<String> webhookIds =
                        each.deliveries().stream().map(NewDelivery::webhookId).toList();
                if (events.add(event, clock.instant(), webhookIds)) {
                    each.deliveries().forEach(delivery -> insert(event.key(), delivery));
                    inserted.add(event.key());
                }
            }
            return inserted;
        }
    }

    /** Keeps a test call. Called under the lock. */
    void addTest(Outcome test) {
        Claim claim = test.claim();
        if (events.addTest(test.claimed().event(), clock.instant(), claim.webhookId())) {
            Place key = new Place(claim.event(), claim.webhookId());
            events.record(key, test);
            events.finish(key, test.state(), claim.fence(), clock.instant());
        }
    }

    private void insert(UUID event, NewDelivery delivery) {
        Instant now = clock.instant();
        Instant dueAt = delivery.dueAt().orElse(now);
        boolean leased = !delivery.lease().isZero();
        Pending row =
                new Pending(new Place(event, delivery.webhookId()), dueAt, leased ? now.plus(delivery.lease()) : dueAt);
        row.fence = leased ? Claim.FIRST_FENCE : 0;
        row.claims = leased ? 1 : 0;
        pending.put(row.key, row);
        enqueue(row);
    }

    private NavigableSet<Pending> lane(String webhookId) {
        return lanes.getOrDefault(webhookId, NONE);
    }

    private void enqueue(Pending row) {
        lanes.computeIfAbsent(row.key.webhookId(), id -> new TreeSet<>(Pending.ORDER))
                .add(row);
    }

    private void dequeue(Pending row) {
        NavigableSet<Pending> lane = lane(row.key.webhookId());
        lane.remove(row);
        if (lane.isEmpty()) {
            lanes.remove(row.key.webhookId());
        }
    }

    private void move(Pending row, Instant nextAt) {
        dequeue(row);
        row.nextAt = nextAt;
        enqueue(row);
    }

    private void finish(Pending row, DeliveryState state, Instant endedAt) {
        dequeue(row);
        pending.remove(row.key);
        events.finish(row.key, state, row.fence, endedAt);
    }

    /** Ends a delivery without an attempt: one that was redelivered is again what it was. */
    private Delivery end(Pending row, DeliveryState state) {
        finish(row, row.former.orElse(state), clock.instant());
        return events.delivery(row.key, Optional.empty());
    }

    /** How many deliveries have not ended. */
    int size() {
        synchronized (lock) {
            return pending.size();
        }
    }

    /** A delivery that has not ended. */
    Optional<Delivery> pending(Place key) {
        return Optional.ofNullable(pending.get(key)).map(row -> events.delivery(key, Optional.of(row.shownNextAt())));
    }

    @Override
    public Set<Claim> confirm(Collection<Claim> claims) {
        synchronized (lock) {
            return claims.stream().filter(claim -> claimed(claim) != null).collect(Collectors.toSet());
        }
    }

    private @Nullable Pending claimed(Claim claim) {
        Pending row = pending.get(new Place(claim.event(), claim.webhookId()));
        return row != null && row.fence == claim.fence() ? row : null;
    }

    @Override
    public Map<String, Instant> due(int limit) {
        synchronized (lock) {
            Map<String, Instant> due = new HashMap<>();
            List<String> turn = new ArrayList<>(lanes.tailMap(dueFrom).keySet());
            turn.addAll(lanes.headMap(dueFrom).keySet());
            turn.stream().limit(limit).forEach(id -> due.put(id, lane(id).first().nextAt));
            dueFrom = turn.size() > limit ? turn.get(limit) : "";
            return due;
        }
    }

    // ---- claims

    @Override
    public ClaimBatch claim(List<Want> wants, Duration lease) {
        synchronized (lock) {
            Instant now = clock.instant();
            List<Claimed> claimed = new ArrayList<>();
            Map<String, Duration> waits = new HashMap<>();
            for (Want want : wants) {
                Optional<Want.Allowance> allowance = want.allowance();
                if (allowance.isEmpty()) {
                    claimed.addAll(claim(want.webhookId(), want.deliveries(), now, lease));
                } else {
                    claimed.addAll(claimWithin(allowance.get(), want, now, lease, waits));
                }
            }
            return new ClaimBatch(claimed, waits);
        }
    }

    private List<Claimed> claimWithin(
            Want.Allowance allowance, Want want, Instant now, Duration lease, Map<String, Duration> waits) {
        Instant before = rates.getOrDefault(want.webhookId(), Instant.EPOCH);
        int available = allowance.limit().available(before, now, allowance.startWithin());
        int most = Math.min(want.deliveries(), available);
        List<Claimed> some = claim(want.webhookId(), most, now, lease);
        Instant after =
                some.isEmpty() ? before : allowance.limit().use(before, now, allowance.startWithin(), some.size());
        rates.put(want.webhookId(), after);
        if (some.size() == most && most < want.deliveries()) {
            waits.put(want.webhookId(), allowance.limit().untilNext(after, now));
        }
        return some;
    }

    private List<Claimed> claim(String webhookId, int most, Instant now, Duration lease) {
        List<Claimed> claimed = new ArrayList<>();
        while (claimed.size() < most) {
            NavigableSet<Pending> lane = lane(webhookId);
            if (lane.isEmpty() || lane.first().nextAt.isAfter(now)) {
                break;
            }
            claimed.add(claim(lane.first(), now.plus(lease)));
        }
        return claimed;
    }

    private Claimed claim(Pending row, Instant leaseEnd) {
        Instant dueAt = row.nextAt;
        row.fence++;
        row.claims++;
        move(row, leaseEnd);
        return new Claimed(
                new Claim(row.key.event(), row.key.webhookId(), row.fence),
                row.attempts,
                row.claims,
                row.starts,
                dueAt,
                row.firstDueAt,
                events.event(row.key),
                row.former);
    }

    /** Forgets how much of its limit a webhook has used up. */
    void forgetRate(String webhookId) {
        rates.remove(webhookId);
    }

    @Override
    public Set<Claim> record(List<Outcome> outcomes) {
        synchronized (lock) {
            Set<Claim> recorded = new HashSet<>();
            for (Outcome outcome : outcomes) {
                Claim claim = outcome.claim();
                Pending row = claimed(claim);
                if (row != null) {
                    record(row, outcome);
                }
                if (events.isRecorded(claim)) {
                    recorded.add(claim);
                }
            }
            return recorded;
        }
    }

    private void record(Pending row, Outcome outcome) {
        events.record(row.key, outcome);
        outcome.attempt().ifPresent(attempt -> row.attempts = attempt.number());
        endClaim(row);
        if (outcome.state() == DeliveryState.PENDING) {
            move(row, clock.instant().plus(outcome.delay()));
        } else {
            finish(
                    row,
                    outcome.standing(),
                    outcome.attempt().map(Attempt::endedAt).orElseGet(clock::instant));
        }
        insert(outcome.events());
    }

    @Override
    public void release(Map<Claim, Instant> due) {
        synchronized (lock) {
            due.forEach((claim, dueAt) -> {
                Pending row = claimed(claim);
                if (row != null) {
                    endClaim(row);
                    move(row, dueAt);
                }
            });
        }
    }

    @Override
    public void defer(Map<Claim, Duration> delays) {
        synchronized (lock) {
            delays.forEach((claim, delay) -> {
                Pending row = claimed(claim);
                if (row != null) {
                    row.claims--;
                    row.fence++;
                    move(row, clock.instant().plus(delay));
                }
            });
        }
    }

    @Override
    public boolean start(Claim claim, Duration lease) {
        synchronized (lock) {
            Pending row = claimed(claim);
            if (row != null) {
                row.starts++;
                move(row, clock.instant().plus(lease));
            }
            return row != null;
        }
    }

    /** Raises the fence as well, so that a claim is used once. */
    private static void endClaim(Pending row) {
        row.claims = 0;
        row.starts = 0;
        row.fence++;
    }

    // ---- by hand

    @Override
    public Redelivery redeliver(DeliveryId id) {
        synchronized (lock) {
            Place key = events.named(id);
            if (key == null) {
                return Redelivery.NOT_FOUND;
            }
            Pending row = pending.get(key);
            if (row != null && row.isLeased(clock.instant())) {
                return Redelivery.UNDER_WAY;
            }
            if (events.isTest(key)) {
                return Redelivery.TEST;
            }
            if (row != null) {
                row.fence++;
                move(row, earlier(row.nextAt, clock.instant()));
            } else if (!events.isSendable(key.event())) {
                return Redelivery.EVENT_GONE;
            } else {
                revive(key, Objects.requireNonNull(events.past(key)), Pending.REDELIVERED);
            }
            return Redelivery.DUE;
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private void revive(Place key, KeptEvents.Past past, Instant nextAt) {
        Pending row = new Pending(key, clock.instant(), nextAt);
        row.fence = past.fence + 1;
        row.attempts = past.counted();
        row.former = Optional.of(past.state);
        pending.put(key, row);
        enqueue(row);
        events.revive(key);
    }

    @Override
    public Cancellation cancel(DeliveryId id) {
        synchronized (lock) {
            Place key = events.named(id);
            if (key == null) {
                return Cancellation.NOT_FOUND;
            }
            Pending row = pending.get(key);
            if (row == null) {
                return Cancellation.ALREADY_ENDED;
            }
            boolean leased = row.isLeased(clock.instant());
            end(row, DeliveryState.CANCELED);
            return leased ? Cancellation.CANCELED_UNDER_WAY : Cancellation.CANCELED;
        }
    }

    /** Ends all pending deliveries of an event; returns them. */
    List<Delivery> cancelAll(UUID event) {
        return pendingOf(event).map(row -> end(row, DeliveryState.CANCELED)).toList();
    }

    /** Whether an event has pending deliveries. */
    boolean isPending(UUID event) {
        return pendingOf(event).findAny().isPresent();
    }

    private Stream<Pending> pendingOf(UUID event) {
        return events.deliveriesOf(event).stream().map(pending::get).filter(Objects::nonNull);
    }

    // ---- many at once

    @Override
    public BulkStep<Place> recover(Recovery recovery, int limit, int budget) {
        synchronized (lock) {
            NavigableSet<Place> all = events.deliveries();
            NavigableSet<Place> rest =
                    recovery.after().map(place -> all.tailSet(place, false)).orElse(all);
            List<Place> read = rest.stream().limit(budget).toList();
            List<Place> meant = new ArrayList<>();
            Optional<Place> next = Optional.empty();
            for (Place key : read) {
                if (meant.size() == limit) {
                    break;
                }
                next = Optional.of(key);
                if (isMeant(key, recovery)) {
                    meant.add(key);
                }
            }
            if (!recovery.dry()) {
                Instant nextAt = recovery.dueFrom();
                for (Place key : meant) {
                    revive(key, Objects.requireNonNull(events.past(key)), nextAt);
                    nextAt = nextAt.plus(recovery.apart());
                }
            }
            boolean atEnd = next.isEmpty() || all.last().equals(next.get());
            return new BulkStep<>(meant.size(), atEnd ? Optional.empty() : next);
        }
    }

    private boolean isMeant(Place key, Recovery recovery) {
        if (pending.containsKey(key) || !events.isSendable(key.event())) {
            return false;
        }
        Delivery delivery = events.delivery(key, Optional.empty());
        return InMemoryHistory.matches(delivery, recovery.filter())
                && !delivery.test()
                && delivery.endedAt()
                        .filter(at -> !at.isAfter(recovery.endedBy()))
                        .isPresent();
    }

    @Override
    public BulkStep<UUID> replay(Replay replay, int budget) {
        synchronized (lock) {
            List<StoredEvent> read = events.publishedAfter(replay.after())
                    .filter(event -> !events.isTest(event.key()))
                    .filter(event -> !DeliveryId.publishedAt(event.key()).isBefore(replay.since()))
                    .filter(event -> DeliveryId.publishedAt(event.key()).isBefore(replay.before()))
                    .limit(budget)
                    .toList();
            Instant nextAt = replay.dueFrom();
            int done = 0;
            for (StoredEvent event : read) {
                if (isMissing(event, replay)) {
                    done++;
                    if (!replay.dry()) {
                        events.addDelivery(event.key(), replay.webhookId());
                        insert(event.key(), new NewDelivery(replay.webhookId(), Optional.of(nextAt), Duration.ZERO));
                        nextAt = nextAt.plus(replay.apart());
                    }
                }
            }
            boolean atEnd = read.size() < budget;
            return new BulkStep<>(
                    done,
                    atEnd
                            ? Optional.empty()
                            : Optional.of(read.get(read.size() - 1).key()));
        }
    }

    private boolean isMissing(StoredEvent event, Replay replay) {
        return event.tenant().equals(replay.tenant())
                && replay.types().test(event.type())
                && events.isSendable(event.key())
                && !events.deliveries().contains(new Place(event.key(), replay.webhookId()));
    }

    // ---- sweeps

    @Override
    public Swept sweep(Sweep sweep, int budget) {
        synchronized (lock) {
            List<Pending> page = behind(sweep).stream().limit(budget).toList();
            List<Pending> matching =
                    page.stream().filter(row -> isMeant(row, sweep)).toList();
            List<Delivery> ended =
                    matching.stream().map(row -> end(row, sweep.as())).toList();
            return new Swept(ended, ended.size(), page.size() < budget ? Optional.empty() : place(page));
        }
    }

    private NavigableSet<Pending> behind(Sweep sweep) {
        NavigableSet<Pending> lane = lane(sweep.webhookId());
        return sweep.after()
                .map(place -> lane.tailSet(
                        new Pending(new Place(place.event(), sweep.webhookId()), place.nextAt(), place.nextAt()),
                        false))
                .orElse(lane);
    }

    private static Optional<Sweep.Place> place(List<Pending> page) {
        Pending last = page.get(page.size() - 1);
        return Optional.of(new Sweep.Place(last.nextAt, last.key.event()));
    }

    private boolean isMeant(Pending row, Sweep sweep) {
        return (sweep.as() == DeliveryState.CANCELED || !row.isLeased(clock.instant()))
                && sweep.firstDueBefore()
                        .filter(at -> !row.firstDueAt.isBefore(at))
                        .isEmpty()
                && sweep.storedBefore()
                        .filter(at -> !events.storedAt(row.key).isBefore(at))
                        .isEmpty();
    }
}
