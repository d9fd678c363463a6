package io.github.webhooks4j.machine;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A machine whose clocks are turned by hand, and on which no loop runs: the test makes their steps. Requests and states of
 * webhooks are done by whoever asks for it; what is published is committed by threads, as anywhere.
 */
public final class SteppedMachine implements Machine {
    private final Machine system = Machine.system();
    private final ManualClock clock;

    /** On this clock. */
    public SteppedMachine(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public long nanos() {
        return clock.nanos();
    }

    @Override
    public void start(Loop loop) {}

    @Override
    public ExecutorService atMost(int threads, String name) {
        return name.equals("status") ? new AtOnce() : system.atMost(threads, name);
    }

    @Override
    public ExecutorService asNeeded(String name) {
        return system.asNeeded(name);
    }

    @Override
    public ExecutorService forRequests() {
        return new AtOnce();
    }

    /** Does everything on the thread that asks for it. */
    private static final class AtOnce extends AbstractExecutorService {
        private volatile boolean shutDown;

        @Override
        public void execute(Runnable task) {
            if (shutDown) {
                throw new RejectedExecutionException("shut down");
            }
            task.run();
        }

        @Override
        public void shutdown() {
            shutDown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutDown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutDown;
        }

        @Override
        public boolean isTerminated() {
            return shutDown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
