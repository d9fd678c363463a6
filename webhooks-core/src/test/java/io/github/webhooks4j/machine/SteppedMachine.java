package io.github.webhooks4j.machine;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
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

    private Executor requests = Runnable::run;

    /** On this clock. */
    public SteppedMachine(ManualClock clock) {
        this.clock = clock;
    }

    /** Has requests made by something else. */
    public SteppedMachine sendBy(Executor executor) {
        requests = executor;
        return this;
    }

    /** What is turned by hand. */
    public ManualClock clock() {
        return clock;
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
        return name.equals("status") ? new By(Runnable::run) : system.atMost(threads, name);
    }

    @Override
    public ExecutorService asNeeded(String name) {
        return system.asNeeded(name);
    }

    @Override
    public ExecutorService forRequests() {
        return new By(requests);
    }

    private static final class By extends AbstractExecutorService {
        private final Executor executor;
        private volatile boolean shutDown;

        By(Executor executor) {
            this.executor = executor;
        }

        @Override
        public void execute(Runnable task) {
            if (shutDown) {
                throw new RejectedExecutionException("shut down");
            }
            executor.execute(task);
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
