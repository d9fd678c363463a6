package io.github.webhooks4j.lanes;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All lanes of this node, and the one lock over them: decides who may start next, how much more may be claimed, and when
 * to look for what is due. Decisions are made inside the lock; nothing else happens there.
 *
 * <p>A customer has no more than a share of the requests of this node, and of what it holds ({@link CustomerShare}). What is
 * published for a customer that has nothing here does not wait behind the backlogs of others: a part of what this node holds is
 * kept free for it ({@link Holdings}), and every other turn ({@link Turns}).
 */
public final class Lanes {
    /** How much one node takes on. */
    public record Limits(
            int concurrencyPerWebhook,
            int maxInFlight,
            CustomerShare share,
            int maxHeld,
            long maxHeldBytes,
            int maxEventBytes,
            Duration queueWait) {}

    /**
     * How one webhook is treated.
     *
     * @param customer whose it is
     * @param concurrency how many requests at a time, at most; empty for the limit of the node
     * @param rateLimit by which the store must allow every request; empty if it need not
     */
    public record Terms(String customer, OptionalInt concurrency, Optional<RateLimit> rateLimit) {
        /** As any other. */
        public Terms(String customer) {
            this(customer, OptionalInt.empty(), Optional.empty());
        }
    }

    private static final Duration ASSUMED_EXCHANGE = Duration.ofSeconds(1);
    private static final int MAX_CLAIM = 128;
    /** While this node is full, one in so many requests is for limited rates: made, or kept free. */
    private static final int LIMITED_SHARE = 8;
    /** The least that a claim is for, if there is room for it: so many lanes may be due that each would get nearly nothing. */
    private static final int LEAST_CLAIM = 8;

    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    // guarded by lock
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Map<String, Customer> customers = new HashMap<>();
    private final Turns turns;
    private final Set<Lane> due = new LinkedHashSet<>();
    private final WakeUps wakeUps = new WakeUps();
    private final Holdings held;
    private boolean open;
    private boolean finishing;
    private boolean backedUp;
    /** Places for requests of limited rates, which are claimed only when they can start at once. */
    private int keptFree;

    private boolean capped; // the last look for what to claim ended at a limit of the node

    private final Function<String, Terms> termsOf;

    /**
     * Lanes within these limits.
     *
     * @param termsOf the terms of a webhook, by its id, as they are at the moment
     */
    public Lanes(Limits limits, Function<String, Terms> termsOf) {
        this.limits = limits;
        this.termsOf = termsOf;
        turns = new Turns(limits);
        held = new Holdings(limits);
    }

    /** Lets requests start and deliveries be born leased. */
    public void open() {
        locked(() -> open = true);
    }

    /** Whether outcomes wait to be recorded in such number that no more should be made. */
    public void backedUp(boolean backedUp) {
        locked(() -> this.backedUp = backedUp);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    // ---- what comes in

    /** Whether a delivery to this webhook can be born leased; if so, a place is kept for it. */
    public boolean reserve(String webhookId, int bytes) {
        lock.lock();
        try {
            Lane lane = lane(webhookId);
            boolean room = open && !lane.due && !lane.isLimited() && room(lane) > 0 && held.hasRoom(bytes);
            if (room) {
                lane.reserved++;
                held.add(lane.customer, 1, bytes);
            }
            return room;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a delivery that is stored in a transaction of the caller's can be born leased; if so, a place on this node is
     * kept for it, though none in its lane: nobody knows for how long, nor whether it will be committed.
     */
    public boolean reserveUncommitted(String webhookId, int bytes) {
        lock.lock();
        try {
            Lane lane = lane(webhookId);
            boolean room =
                    open && !lane.due && !lane.isLimited() && room(lane) > 0 && held.hasRoomForUncommitted(bytes);
            if (room) {
                held.addUncommitted(1, bytes);
            }
            return room;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up the place of a delivery that was not committed, or of which that is not known in time. */
    public void unreserveUncommitted(int bytes) {
        locked(() -> {
            held.addUncommitted(-1, -bytes);
            signalIfIdle();
        });
    }

    /**
     * Takes deliveries whose transaction was committed.
     *
     * @return those that cannot be taken, because their lane has no room left or the engine was closed
     */
    public List<Held> committed(Collection<Held> born) {
        lock.lock();
        try {
            List<Held> refused = new ArrayList<>();
            for (Held delivery : born) {
                Lane lane = lane(delivery.webhookId());
                held.addUncommitted(-1, -delivery.bytes());
                if (open && room(lane) > 0) {
                    held.add(lane.customer, 1, delivery.bytes());
                    enqueueNew(lane, delivery);
                } else {
                    refused.add(delivery);
                }
            }
            signalIfIdle();
            return refused;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up a place that was kept, because nothing was stored. */
    public void unreserve(String webhookId, int bytes) {
        lock.lock();
        try {
            Lane lane = lane(webhookId);
            lane.reserved--;
            held.add(lane.customer, -1, -bytes);
            signalIfIdle();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes deliveries for which a place was kept.
     *
     * @return those that can no longer be taken, because the engine was closed meanwhile
     */
    public List<Held> handOver(Collection<Held> born) {
        lock.lock();
        try {
            List<Held> refused = new ArrayList<>();
            for (Held delivery : born) {
                Lane lane = lane(delivery.webhookId());
                lane.reserved--;
                if (open) {
                    enqueueNew(lane, delivery);
                } else {
                    held.add(lane.customer, -1, -delivery.bytes());
                    refused.add(delivery);
                }
            }
            signalIfIdle();
            return refused;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what was claimed.
     *
     * @param asked how many were asked for, by webhook: whoever got fewer has nothing more that is due
     * @return those that can no longer be taken, because the engine was closed meanwhile
     */
    public List<Held> claimed(Map<String, Integer> asked, Collection<Held> claimed) {
        lock.lock();
        try {
            Map<String, Integer> got = new HashMap<>();
            for (Held delivery : claimed) {
                got.merge(delivery.webhookId(), 1, Integer::sum);
            }
            asked.forEach((webhookId, count) -> {
                Lane lane = lane(webhookId);
                keptFree = lane.isLimited() ? Math.max(0, keptFree - count) : keptFree;
                setDue(lane, lane.dueAgain || got.getOrDefault(webhookId, 0) >= count);
            });
            if (!open || finishing) {
                return List.copyOf(claimed);
            }
            long largest = 1;
            for (Held delivery : claimed) {
                Lane lane = lane(delivery.webhookId());
                held.add(lane.customer, 1, delivery.bytes());
                enqueue(lane, delivery);
                largest = Math.max(largest, delivery.bytes());
            }
            held.claimed(largest);
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private void enqueueNew(Lane lane, Held delivery) {
        turns.welcome(lane.customer);
        enqueue(lane, delivery);
    }

    private void enqueue(Lane lane, Held delivery) {
        lane.add(delivery);
        turns.add(lane);
    }

    // ---- what goes out

    /** The next delivery to send, whose request counts as under way from now on; null if none may start. */
    @Nullable
    public Held take() {
        lock.lock();
        try {
            if (!open || backedUp || turns.places() <= keptFree) {
                return null;
            }
            Lane lane = turns.next();
            if (lane == null) {
                return null;
            }
            Held next = lane.start();
            turns.started(lane, next);
            if (finishing) {
                idle.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A request ended.
     *
     * @param exchange null if it was not made
     * @return whether its lane, or one that a limit of the node kept waiting, could now be refilled from the store
     */
    public boolean completed(Held delivery, Lane.@Nullable Exchange exchange) {
        lock.lock();
        try {
            Lane lane = lane(delivery.webhookId());
            if (exchange != null) {
                lane.learn(exchange);
            }
            lane.ended(delivery);
            turns.ended(lane, delivery);
            held.add(lane.customer, -1, -delivery.bytes());
            signalIfIdle();
            return (lane.due && isWorthAClaim(lane))
                    || keptFree > 0
                    || ((capped || lane.customer.capped) && !due.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    // ---- what there is

    /**
     * What this node has to do with at the moment.
     *
     * @param inFlight how many requests are under way
     * @param queued how many deliveries wait for theirs
     * @param due how many lanes have more that is due in the store
     */
    public record Load(int inFlight, int queued, int due) {}

    /** What this node has to do with at the moment. */
    public Load load() {
        lock.lock();
        try {
            return new Load(turns.underWay(), held.committed() - turns.underWay(), due.size());
        } finally {
            lock.unlock();
        }
    }

    // ---- what is due

    /** Deliveries to this webhook will be due in the store at this moment of {@link Ticker#nanos}. */
    public void wakeAt(String webhookId, long nanos) {
        locked(() -> wakeUps.add(webhookId, nanos));
    }

    /** Deliveries to this webhook are due in the store. */
    public void isDue(String webhookId) {
        locked(() -> {
            Lane lane = lane(webhookId);
            lane.dueAgain = true;
            setDue(lane, true);
        });
    }

    private void setDue(Lane lane, boolean isDue) {
        lane.due = isDue;
        due.remove(lane); // and to the end of the line
        if (isDue) {
            due.add(lane);
        }
    }

    /** How many deliveries to claim now, by webhook; empty if nothing is due, or nothing more can be taken. */
    public Map<String, Integer> claimable(long nowNanos) {
        lock.lock();
        try {
            for (String webhookId : wakeUps.until(nowNanos)) {
                setDue(lane(webhookId), true);
            }
            Map<String, Integer> claimable = new LinkedHashMap<>();
            Map<Customer, Integer> byCustomer = new HashMap<>();
            if (!open || finishing || backedUp) {
                return claimable;
            }
            int left = held.claimable();
            int most = Math.min(MAX_CLAIM, Math.max(LEAST_CLAIM, left / Math.max(1, due.size())));
            int claimed = 0;
            int startingAtOnce = 0;
            int refused = 0;
            for (Iterator<Lane> lanes = due.iterator(); lanes.hasNext() && left > 0; ) {
                Lane lane = lanes.next();
                int besides = byCustomer.getOrDefault(lane.customer, 0);
                int ofCustomer = held.claimable(lane.customer, claimed, besides);
                lane.customer.capped = ofCustomer <= 0;
                int room = Math.min(Math.min(room(lane), most), Math.min(left, ofCustomer));
                if (lane.isLimited() && room > 0 && lane.mayClaim(nowNanos)) {
                    int places = turns.places() - startingAtOnce;
                    refused += places <= 0 ? 1 : 0;
                    room = Math.min(room, Math.min(places, startable(lane, startingAtOnce, besides)));
                    startingAtOnce += Math.max(0, room);
                }
                if (room > 0 && lane.mayClaim(nowNanos) && isWorthAClaim(lane)) {
                    claimable.put(lane.webhookId, room);
                    byCustomer.put(lane.customer, besides + room);
                    claimed += room;
                    lane.dueAgain = false;
                    left -= room;
                }
            }
            capped = left <= 0;
            int keepable = Math.max(1, limits.maxInFlight / LIMITED_SHARE) - turns.limitedUnderWay();
            keptFree = Math.max(0, Math.min(refused + startingAtOnce, keepable));
            return claimable;
        } finally {
            lock.unlock();
        }
    }

    /** A busy lane is refilled when half of it is empty, so that claims come in batches. */
    private boolean isWorthAClaim(Lane lane) {
        return lane.waiting() == 0 || room(lane) * 2 >= capacity(lane);
    }

    /** When the next wake-up is, by {@link Ticker#nanos}; {@link Long#MAX_VALUE} if there is none. */
    public long nextWakeUp() {
        lock.lock();
        try {
            return wakeUps.next();
        } finally {
            lock.unlock();
        }
    }

    /** A rate limit allows nothing to this webhook before this moment of {@link Ticker#nanos}. */
    public void waitUntil(String webhookId, long nanos) {
        locked(() -> {
            Lane lane = lane(webhookId);
            lane.waitUntil(nanos);
            setDue(lane, false);
            wakeUps.add(webhookId, nanos);
        });
    }

    /** Nothing is to be claimed for this webhook until it is due again. */
    public void isNotDue(String webhookId) {
        locked(() -> setDue(lane(webhookId), false));
    }

    /** A receiver is back: it gets one request at a time first. */
    public void rampUp(String webhookId) {
        locked(() -> lane(webhookId).rampUp());
    }

    // ---- the end

    /** Takes back what waits for a webhook that takes no more. */
    public List<Held> drain(String webhookId) {
        lock.lock();
        try {
            Lane lane = lane(webhookId);
            setDue(lane, false);
            return empty(lane);
        } finally {
            lock.unlock();
        }
    }

    /** Takes in nothing more from the store, and gives back what waits, except for what this node published. */
    public List<Held> finish() {
        lock.lock();
        try {
            finishing = true;
            List<Held> others = new ArrayList<>();
            lanes.values().forEach(lane -> others.addAll(emptied(lane, lane.clearOthers())));
            return others;
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #finish}: waits until nothing that this node published waits for its first attempt, at most so long. */
    public void awaitFinished(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (ownWait() && left > 0) {
                left = idle.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean ownWait() {
        return held.hasUncommitted()
                || lanes.values().stream().anyMatch(lane -> lane.waiting() > 0 || lane.reserved > 0);
    }

    /** Lets nothing start any more, and takes back what was not sent. */
    public List<Held> close() {
        lock.lock();
        try {
            open = false;
            List<Held> unsent = new ArrayList<>();
            lanes.values().forEach(lane -> unsent.addAll(empty(lane)));
            return unsent;
        } finally {
            lock.unlock();
        }
    }

    private List<Held> empty(Lane lane) {
        return emptied(lane, lane.clear());
    }

    private List<Held> emptied(Lane lane, List<Held> taken) {
        taken.forEach(delivery -> held.add(lane.customer, -1, -delivery.bytes()));
        if (lane.waiting() == 0) {
            turns.remove(lane);
        }
        return taken;
    }

    /** Waits until no request is under way, at most so long; tells whether that came true. */
    public boolean awaitIdle(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (turns.underWay() > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
            return turns.underWay() == 0;
        } finally {
            lock.unlock();
        }
    }

    private void signalIfIdle() {
        if (finishing || turns.underWay() == 0) {
            idle.signalAll();
        }
    }

    /** Forgets lanes that hold nothing, so that webhooks come and go without a trace. */
    public void forgetIdle() {
        locked(() -> lanes.values().removeIf(lane -> {
            if (lane.isIdle() && --lane.customer.lanes == 0) {
                customers.remove(lane.customer.name);
            }
            return lane.isIdle();
        }));
    }

    // ---- room

    private Lane lane(String webhookId) {
        Terms terms = termsOf.apply(webhookId);
        int concurrency = terms.concurrency.orElse(limits.concurrencyPerWebhook);
        Lane lane = lanes.computeIfAbsent(webhookId, id -> {
            Customer customer = customers.computeIfAbsent(terms.customer, Customer::new);
            customer.lanes++;
            return new Lane(id, customer, ASSUMED_EXCHANGE);
        });
        lane.treat(concurrency, terms.rateLimit);
        return lane;
    }

    private int capacity(Lane lane) {
        return lane.capacity(limits.queueWait);
    }

    private int room(Lane lane) {
        return Math.min(capacity(lane) - lane.waiting() - lane.reserved, held.room(lane.customer));
    }

    /** How many of a lane could start at once, if so many are promised in all, and so many to its customer. */
    private int startable(Lane lane, int promised, int promisedToCustomer) {
        return Math.min(
                turns.startable(lane.customer, promised, promisedToCustomer),
                lane.concurrency() - lane.inFlight - lane.waiting());
    }
}
