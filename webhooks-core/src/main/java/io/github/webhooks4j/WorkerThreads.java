package io.github.webhooks4j;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that the library makes: named, daemons, virtual for requests where the JVM has virtual threads. */
final class WorkerThreads {
    private static final String PREFIX = "webhooks4j-";

    private WorkerThreads() {}

    static Thread loop(String name, Runnable loop) {
        Thread thread = new Thread(loop, PREFIX + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** An executor with a thread for each task; how many tasks there are is bounded by the lanes. */
    static ExecutorService forRequests() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            return Executors.newCachedThreadPool(named("send-"));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Executors.newVirtualThreadPerTaskExecutor exists and cannot be called", e);
        }
    }

    static ExecutorService one(String name) {
        return Executors.newSingleThreadExecutor(named(name + "-"));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, PREFIX + name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
