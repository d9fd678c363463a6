package io.github.webhooks4j.machine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that the library makes: named, daemons except for the one that keeps the JVM alive, virtual for requests where the
 * JVM has virtual threads.
 */
final class WorkerThreads {
    private static final String PREFIX = "webhooks4j-";

    private WorkerThreads() {}

    static Thread start(String name, Runnable loop, boolean keepsAlive) {
        Thread thread = new Thread(loop, PREFIX + name);
        thread.setDaemon(!keepsAlive);
        thread.start();
        return thread;
    }

    /** An executor with a thread for each task; how many tasks there are is bounded by the lanes. */
    static ExecutorService forRequests() {
        try {
            return virtual("send-");
        } catch (NoSuchMethodException e) {
            return Executors.newCachedThreadPool(named("send-"));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has virtual threads that cannot be started", e);
        }
    }

    /** {@code Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(…, 1).factory())}, which Java 17 cannot compile. */
    private static ExecutorService virtual(String name) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Class<?> type = Class.forName("java.lang.Thread$Builder");
        builder = type.getMethod("name", String.class, long.class).invoke(builder, PREFIX + name, 1L);
        ThreadFactory factory = (ThreadFactory) type.getMethod("factory").invoke(builder);
        return (ExecutorService) Executors.class
                .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                .invoke(null, factory);
    }

    static ExecutorService asNeeded(String name) {
        return Executors.newCachedThreadPool(named(name + "-"));
    }

    /** At most so many threads, which end when they have nothing to do. */
    static ExecutorService atMost(int threads, String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), named(name + "-"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
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
