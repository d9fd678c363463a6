package io.github.webhooks4j.housekeeping;

import io.github.webhooks4j.machine.Backoff;
import io.github.webhooks4j.machine.Loop;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Chores: what has to be done now and then, and neither by those who deliver nor by a caller. One thread does them in turn, each
 * a step at a time. One that fails is tried again later, and keeps no other from being done.
 */
public final class Housekeeping {
    private final Ticker ticker;
    private final Outage outage;
    private final List<Chore> chores = new CopyOnWriteArrayList<>();
    private final Loop loop = new Loop("housekeeping", this::step);

    private volatile boolean closed;

    /** Nothing to do yet. */
    public Housekeeping(Ticker ticker, Outage outage) {
        this.ticker = ticker;
        this.outage = outage;
    }

    /** One thing that is done now and then. */
    public final class Chore {
        private final Loop.Step step;
        private final Backoff backoff;
        private volatile boolean woken;
        private long next;

        private Chore(String name, Loop.Step step) {
            this.step = step;
            backoff = new Backoff(name, outage);
            next = ticker.nanos();
        }

        /** There is something to do. */
        public void wake() {
            woken = true;
            loop.wake();
        }

        private boolean isDue() {
            return woken || ticker.nanos() - next >= 0;
        }

        private void doSome() {
            woken = false;
            Duration pause;
            try {
                pause = step.step();
                backoff.succeeded();
            } catch (RuntimeException | Error e) {
                pause = backoff.failed(e);
            }
            next = ticker.nanos() + pause.toNanos();
        }
    }

    /**
     * Adds a chore, to be done at once and then again.
     *
     * @param name what it does, for the log
     * @param step does some of it, and says for how long there is nothing to do unless the chore is woken
     */
    public Chore add(String name, Loop.Step step) {
        Chore chore = new Chore(name, step);
        chores.add(chore);
        loop.wake();
        return chore;
    }

    /** What does the chores, on a thread of its own, until {@link #close}. */
    public Loop loop() {
        return loop;
    }

    /** Does a step of each chore that is due. */
    public Duration step() {
        long soonest = ticker.nanos() + Loop.UNTIL_WOKEN.toNanos();
        for (Chore chore : chores) {
            if (closed) {
                return Loop.OVER;
            }
            if (chore.isDue()) {
                chore.doSome();
            }
            soonest = chore.next - soonest < 0 ? chore.next : soonest;
        }
        return closed ? Loop.OVER : Duration.ofNanos(Math.max(0, soonest - ticker.nanos()));
    }

    /** Nothing new is begun. What is left is done by other nodes, or after the restart. */
    public void close() {
        closed = true;
        loop.wake();
    }
}
