package io.github.webhooks4j.machine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thing that is done again and again on a thread of its own, for as long as it wants to be. It never dies: a step that throws
 * is logged, and repeated after a second. Whoever steps by hand, as a test or a simulation does, never starts it.
 */
public final class Loop {
    /** What is done again and again. */
    public interface Step {
        /**
         * Does what is to be done now.
         *
         * @return for how long nothing else is known to be done, unless {@link Loop#wake} is called; {@link Loop#OVER} for ever
         */
        Duration step();
    }

    /** Ends the loop. */
    public static final Duration OVER = Duration.ofNanos(-1);

    /** Until somebody wakes the loop. */
    public static final Duration UNTIL_WOKEN = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final Duration AFTER_A_DEFECT = Duration.ofSeconds(1);

    private final String name;
    private final Step step;
    private final boolean keepsAlive;
    private final CountDownLatch over = new CountDownLatch(1);

    private volatile boolean woken;
    private volatile @Nullable Thread thread;

    /** A loop that is not started yet; its name is that of its thread. */
    public Loop(String name, Step step) {
        this(name, step, false);
    }

    private Loop(String name, Step step, boolean keepsAlive) {
        this.name = name;
        this.step = step;
        this.keepsAlive = keepsAlive;
    }

    /** A loop that keeps the JVM from ending until it is over. */
    public static Loop keepingAlive(String name, Step step) {
        return new Loop(name, step, true);
    }

    /** Starts it. Called once at most. */
    public void start() {
        thread = WorkerThreads.start(name, this::run, keepsAlive);
    }

    private void run() {
        thread = Thread.currentThread(); // which may run before start() has it
        try {
            Duration pause = step();
            while (!pause.isNegative()) {
                if (!woken) {
                    LockSupport.parkNanos(this, pause.toNanos());
                }
                if (Thread.interrupted()) {
                    log.debug("{} was interrupted; it goes on", name); // by nobody of ours, and parking would not wait
                }
                pause = step();
            }
        } finally {
            over.countDown();
        }
    }

    private Duration step() {
        woken = false;
        try {
            return step.step();
        } catch (RuntimeException | Error e) {
            log.error("{} failed; it goes on", name, e);
            return AFTER_A_DEFECT;
        }
    }

    /** Has the next step made at once. Costs next to nothing if somebody else has woken it since its last step began. */
    public void wake() {
        if (!woken) {
            woken = true; // a permit alone could be used up by a lock that the step waits for
            LockSupport.unpark(thread);
        }
    }

    /** Whether a thread runs it; not if somebody steps by hand. */
    public boolean isRunning() {
        return thread != null && over.getCount() > 0;
    }

    /** Waits until it is over, at most so long; true as well if it was never started, or if this is its own thread. */
    public boolean awaitEnd(long nanos) throws InterruptedException {
        Thread running = thread;
        return running == null
                || running == Thread.currentThread()
                || over.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    @Override
    public String toString() {
        return name;
    }
}
