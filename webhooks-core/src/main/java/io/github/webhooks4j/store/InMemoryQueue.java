package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.KeptEvents.Pair;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The unfinished deliveries of the in-memory store, in the order in which they are due. */
final class InMemoryQueue implements DeliveryQueue {
    private static final NavigableSet<Pending> NONE = new TreeSet<>(Pending.ORDER);

    private final Object lock;
    private final InstantSource clock;
    // all guarded by lock
    private final KeptEvents events;
    private final NavigableMap<String, NavigableSet<Pending>> lanes = new TreeMap<>();
    private final Map<Pair, Pending> pending = new HashMap<>();
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

        final Pair key;
        final Instant firstDueAt;
        Instant nextAt;
        int fence;
        int attempts;
        int claims;
        int starts;

        Pending(Pair key, Instant firstDueAt, Instant nextAt) {
            this.key = key;
            this.firstDueAt = firstDueAt;
            this.nextAt = nextAt;
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
                if (events.add(event, clock.instant(), each.deliveries().size())) {
                    each.deliveries().forEach(delivery -> insert(event.key(), delivery));
                    inserted.add(event.key());
                }
            }
            return inserted;
        }
    }

    private void insert(UUID event, NewDelivery delivery) {
        Instant now = clock.instant();
        Instant dueAt = delivery.dueAt().orElse(now);
        boolean leased = !delivery.lease().isZero();
        Pending row =
                new Pending(new Pair(event, delivery.webhookId()), dueAt, leased ? now.plus(delivery.lease()) : dueAt);
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

    private void finish(Pending row, DeliveryState state) {
        dequeue(row);
        pending.remove(row.key);
        events.finish(row.key, state);
    }

    /** How many deliveries have not ended. */
    int size() {
        synchronized (lock) {
            return pending.size();
        }
    }

    /** A delivery that has not ended. */
    Optional<Delivery> pending(Pair key) {
        return Optional.ofNullable(pending.get(key))
                .map(row -> events.delivery(key, DeliveryState.PENDING, row.attempts, row.nextAt));
    }

    @Override
    public Set<Claim> confirm(Collection<Claim> claims) {
        synchronized (lock) {
            return claims.stream().filter(claim -> claimed(claim) != null).collect(Collectors.toSet());
        }
    }

    private @Nullable Pending claimed(Claim claim) {
        Pending row = pending.get(new Pair(claim.event(), claim.webhookId()));
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
                events.event(row.key));
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
        events.record(row.key, row.fence, outcome.attempts());
        outcome.attempt().ifPresent(attempt -> row.attempts = attempt.number());
        endClaim(row);
        if (outcome.state() == DeliveryState.PENDING) {
            move(row, clock.instant().plus(outcome.delay()));
        } else {
            finish(row, outcome.state());
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

    // ---- sweeps

    @Override
    public Swept sweep(Sweep sweep, int budget) {
        synchronized (lock) {
            List<Pending> page = behind(sweep).stream().limit(budget).toList();
            List<Pending> matching =
                    page.stream().filter(row -> isMeant(row, sweep)).toList();
            matching.forEach(row -> finish(row, sweep.as()));
            List<Delivery> ended = matching.stream()
                    .map(row -> events.delivery(row.key, sweep.as(), row.attempts, null))
                    .toList();
            return new Swept(ended, ended.size(), page.size() < budget ? Optional.empty() : place(page));
        }
    }

    private NavigableSet<Pending> behind(Sweep sweep) {
        NavigableSet<Pending> lane = lane(sweep.webhookId());
        return sweep.after()
                .map(place -> lane.tailSet(
                        new Pending(new Pair(place.event(), sweep.webhookId()), place.nextAt(), place.nextAt()), false))
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
