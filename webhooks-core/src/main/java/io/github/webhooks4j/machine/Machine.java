package io.github.webhooks4j.machine;

import java.util.concurrent.ExecutorService;

/**
 * What the library needs of the machine it runs on: its clocks, and threads. A test or a simulation can put its own in the place
 * of it. No other room of the core starts a thread. The time of day comes from here, too, except in the store in memory and in
 * verifiers, which may be used without a client.
 */
public interface Machine extends Ticker {
    /** This machine's own clocks and threads, virtual for requests where the JVM has virtual threads. */
    static Machine system() {
        return new SystemMachine();
    }

    /** Runs a loop from now on, until it is over. */
    void start(Loop loop);

    /** At most so many threads, which end when they have nothing to do. What waits for one of them waits in its order. */
    ExecutorService atMost(int threads, String name);

    /** As many threads as there is work to do; for work whose amount something else bounds. */
    ExecutorService asNeeded(String name);

    /** A thread for each request; how many there are is bounded by the lanes. */
    ExecutorService forRequests();
}
