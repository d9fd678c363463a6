package io.github.webhooks4j.machine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;

/** The machine as it is. */
final class SystemMachine implements Machine {
    @Override
    public Instant now() {
        return InstantSource.system().instant();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void start(Loop loop) {
        loop.start();
    }

    @Override
    public ExecutorService atMost(int threads, String name) {
        return WorkerThreads.atMost(threads, name);
    }

    @Override
    public ExecutorService asNeeded(String name) {
        return WorkerThreads.asNeeded(name);
    }

    @Override
    public ExecutorService forRequests() {
        return WorkerThreads.forRequests();
    }
}
