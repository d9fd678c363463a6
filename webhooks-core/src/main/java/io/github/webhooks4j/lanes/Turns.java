package io.github.webhooks4j.lanes;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who starts the next request. Customers take turns, and so do the lanes of each: whoever starts one goes to the end of the line,
 * however long its queue is. A customer that had nothing here until something was published for it has every other turn. All of it is guarded
 * by the lock of {@link Lanes}.
 */
final class Turns {
    /** One of several lanes of a customer has at most so many times what it leaves to the others. */
    private static final int LANES_SHARE = 3;

    private final Lanes.Limits limits;
    private final Deque<Customer> ready = new ArrayDeque<>();
    /** Those that had nothing here until something was published for them. */
    private final Deque<Customer> newcomers = new ArrayDeque<>();
    /** Those that have their share, who has the least first: they are ready again when there is more to share. */
    private final NavigableSet<Customer> full = new TreeSet<>(
            Comparator.comparingInt((Customer customer) -> customer.inFlight).thenComparing(customer -> customer.name));
    /** Lanes of limited rates that can start a request: first, since what is claimed for them can start at once, and must. */
    private final Deque<Lane> limited = new ArrayDeque<>();

    private boolean newcomerWasLast;
    private int underWay;
    private int limitedUnderWay;

    Turns(Lanes.Limits limits) {
        this.limits = limits;
    }

    /** How many requests of this node are under way. */
    int underWay() {
        return underWay;
    }

    /** How many of them a rate limit has allowed. */
    int limitedUnderWay() {
        return limitedUnderWay;
    }

    /** How many more this node may make. */
    int places() {
        return limits.maxInFlight() - underWay;
    }

    /** How many more a customer may make, if so many are promised in all, and so many to it; one, if it makes none. */
    int startable(Customer customer, int promised, int promisedToIt) {
        int has = customer.inFlight + promisedToIt;
        int more = (int) limits.share().more(places() - promised, has);
        return has == 0 ? Math.max(1, more) : more;
    }

    private int startable(Customer customer) {
        return startable(customer, 0, 0);
    }

    /** Whose lane is next to start a request; it leaves the line. Null if nobody can. */
    @Nullable
    Lane next() {
        for (Iterator<Lane> lanes = limited.iterator(); lanes.hasNext(); ) {
            Lane lane = lanes.next();
            if (lane.customer.inFlight < limits.share().part()) { // what was claimed for it was allowed to start
                lanes.remove();
                lane.listed = false;
                return lane;
            }
        }
        while (true) {
            newcomerWasLast = !newcomers.isEmpty() && (!newcomerWasLast || ready.isEmpty());
            Customer customer = (newcomerWasLast ? newcomers : ready).poll();
            if (customer == null) {
                return null;
            }
            customer.listed = false;
            customer.isNew = false;
            Lane lane = nextOf(customer);
            if (lane != null) {
                return lane;
            }
            add(customer);
        }
    }

    private @Nullable Lane nextOf(Customer customer) {
        int more = startable(customer);
        while (more > 0 && !customer.ready.isEmpty()) {
            Lane lane = customer.ready.remove();
            lane.listed = false;
            if (lane.canStart() && (customer.lanes == 1 || lane.inFlight < LANES_SHARE * more)) {
                return lane;
            } // otherwise it comes back when a request of its own ends
        }
        return null;
    }

    /** A lane started a request. */
    void started(Lane lane, Held delivery) {
        count(lane, delivery, 1);
        add(lane);
        add(lane.customer);
    }

    /** A request of a lane ended, or was not made. */
    void ended(Lane lane, Held delivery) {
        count(lane, delivery, -1);
        add(lane);
        add(lane.customer);
        while (!full.isEmpty() && startable(full.first()) > 0) {
            add(full.first());
        }
    }

    private void count(Lane lane, Held delivery, int change) {
        boolean wasFull = full.remove(lane.customer); // which is in its order
        lane.customer.inFlight += change;
        if (wasFull) {
            full.add(lane.customer);
        }
        underWay += change;
        limitedUnderWay += delivery.limited() ? change : 0;
    }

    /** Puts a lane into the line, if it can start a request. */
    void add(Lane lane) {
        if (!lane.listed && lane.canStart()) {
            lane.listed = true;
            (lane.isLimited() ? limited : lane.customer.ready).add(lane);
            add(lane.customer);
        }
    }

    private void add(Customer customer) {
        if (customer.listed || customer.ready.isEmpty()) {
            return;
        }
        if (startable(customer) > 0) {
            full.remove(customer);
            customer.listed = true;
            (customer.isNew ? newcomers : ready).add(customer);
        } else {
            full.add(customer);
        }
    }

    /** Something is published for a customer: it is a newcomer if it has nothing here. */
    void welcome(Customer customer) {
        customer.isNew |= !customer.listed && customer.inFlight == 0;
    }

    /** Takes a lane that has nothing waiting any more out of the line. */
    void remove(Lane lane) {
        Customer customer = lane.customer;
        customer.ready.remove(lane);
        limited.remove(lane);
        lane.listed = false;
        if (customer.ready.isEmpty()) {
            ready.remove(customer);
            newcomers.remove(customer);
            full.remove(customer);
            customer.listed = false;
            customer.isNew = false;
        }
    }
}
