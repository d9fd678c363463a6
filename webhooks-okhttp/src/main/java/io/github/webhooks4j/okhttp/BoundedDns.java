package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.webhooks4j.egress.EgressPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Dns;

/**
 * Resolves names on threads of its own, within two seconds or the rest of the call's time if that is less, and refuses a
 * name with all its addresses if the policy denies one of them: a connection may be tried to any.
 */
final class BoundedDns implements Dns, AutoCloseable {
    private static final long LIMIT_NANOS = SECONDS.toNanos(2);
    private static final int MAX_ANSWERS = 32;
    private static final int THREADS = 32;
    private static final int WAITING = 1024;
    private static final int IDLE_SECONDS = 30;

    private final EgressPolicy policy;
    private final Dns resolver;
    private final ThreadPoolExecutor threads;

    BoundedDns(EgressPolicy policy, Dns resolver) {
        this.policy = policy;
        this.resolver = resolver;
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "webhooks-dns-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> answers = resolve(host);
        if (!answers.stream().allMatch(policy::allows)) {
            throw new TargetDeniedException();
        }
        return answers.size() > MAX_ANSWERS ? answers.subList(0, MAX_ANSWERS) : answers;
    }

    private List<InetAddress> resolve(String host) throws UnknownHostException {
        Future<List<InetAddress>> lookup = null;
        try {
            long nanos = Math.min(LIMIT_NANOS, CallLimits.current().nanosLeft());
            lookup = threads.submit(() -> resolver.lookup(host));
            return lookup.get(nanos, NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("name resolution was interrupted", e);
        } catch (TimeoutException e) {
            throw unknown("name resolution took too long", e);
        } catch (ExecutionException | RejectedExecutionException | IOException e) {
            throw unknown("name resolution failed", e);
        } finally {
            if (lookup != null) {
                lookup.cancel(true);
            }
        }
    }

    private static UnknownHostException unknown(String message, Exception cause) {
        UnknownHostException unknown = new UnknownHostException(message);
        unknown.initCause(cause);
        return unknown;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
