package io.github.webhooks4j.okhttp;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.webhooks4j.egress.EgressPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Resolves names on threads of its own, within a time limit or the rest of the call's time if that is less, and refuses a
 * name with all its addresses if the policy denies one of them: a connection may be tried to any.
 *
 * <p>A lookup that hangs cannot be ended, and keeps its thread. So each name is looked up once at a time, and the names of
 * one site, and those of all sites that got no answer lately, keep a few threads waiting at most; sites that were answered
 * lately have some that others cannot take.
 */
final class BoundedDns implements Dns, AutoCloseable {
    private static final int MAX_ANSWERS = 32;
    private static final int THREADS = 64;
    private static final int WAITING = 1024;
    private static final int IDLE_SECONDS = 30;

    private final EgressPolicy policy;
    private final Dns resolver;
    private final long limitNanos;
    private final ThreadPoolExecutor threads;
    private final SharedTrouble trouble = new SharedTrouble(System::nanoTime);
    private final Map<String, Lookup> running = new ConcurrentHashMap<>();
    private final SiteSlots slots = new SiteSlots(System::nanoTime);
    private final SilentNames silentNames = new SilentNames(System::nanoTime);
    private final DeniedNames denied;
    private volatile boolean closed;

    BoundedDns(EgressPolicy policy, Dns resolver, Duration limit) {
        this.policy = policy;
        denied = new DeniedNames(policy);
        this.resolver = resolver;
        limitNanos = limit.toNanos();
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
            denied.add(host, answers);
            throw new TargetDeniedException();
        }
        return answers.size() > MAX_ANSWERS ? answers.subList(0, MAX_ANSWERS) : answers;
    }

    private List<InetAddress> resolve(String host) throws UnknownHostException {
        try {
            long asked = System.nanoTime();
            long deadline = asked + Math.min(limitNanos, CallLimits.current().nanosLeft());
            return await(lookupOf(host, asked, deadline), asked, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("name resolution was interrupted", e);
        } catch (UnknownHostException e) {
            throw e;
        } catch (IOException e) {
            throw unknown("name resolution failed", e);
        }
    }

    private List<InetAddress> await(Lookup lookup, long asked, long deadline)
            throws UnknownHostException, InterruptedException {
        try {
            List<InetAddress> answers = lookup.get(deadline - System.nanoTime(), NANOSECONDS);
            trouble.succeeded();
            slots.answered(lookup.site);
            return answers;
        } catch (TimeoutException e) {
            if (lookup.isStarted() && isOverdue(lookup.began)) {
                slots.slow(lookup.site);
            }
            throw late(lookup.site, Math.min(asked, lookup.began), e);
        } catch (CancellationException e) {
            throw unanswered(lookup.site, lookup.began, e);
        } catch (ExecutionException e) {
            if (!lookup.isSilent()) {
                throw unknown("name resolution failed", e);
            }
            slots.slow(lookup.site);
            throw unanswered(lookup.site, lookup.began, e);
        }
    }

    /** The lookup of this name that is under way, or a new one. */
    private Lookup lookupOf(String host, long asked, long deadline) throws UnknownHostException, InterruptedException {
        Lookup before = running.get(host);
        if (before != null && !before.isDone()) {
            return before;
        }
        String site = SiteSlots.site(host);
        if (!slots.acquire(site, deadline - System.nanoTime())) {
            throw late(site, asked, null);
        }
        Lookup fresh = new Lookup(host, site);
        // Who waits for a lookup can come back here before it has put itself away.
        Lookup underWay = running.compute(host, (name, other) -> other == null || other.isDone() ? fresh : other);
        if (underWay != fresh) {
            slots.release(site);
            return underWay;
        }
        try {
            threads.execute(fresh);
        } catch (RejectedExecutionException e) {
            fresh.cancel(false);
            throw unanswered(site, asked, e);
        }
        return fresh;
    }

    /** No answer yet, also for a name that found no thread. Proves nothing if it was only the call's own time that ended. */
    private UnknownHostException late(String site, long since, @Nullable Exception cause) {
        return isOverdue(since) ? unanswered(site, since, cause) : unknown("the call's time ended too early", cause);
    }

    private boolean isOverdue(long since) {
        return System.nanoTime() - since >= limitNanos;
    }

    private UnknownHostException unanswered(String site, long since, @Nullable Exception cause) {
        if (closed) {
            return unknown("name resolution has ended", cause);
        }
        return trouble.failed(site, since)
                ? new ResolverDownException("the resolver answers nothing")
                : new SilentResolverException(cause);
    }

    private static UnknownHostException unknown(String message, @Nullable Exception cause) {
        UnknownHostException unknown = new UnknownHostException(message);
        unknown.initCause(cause);
        return unknown;
    }

    /** Ends what waits for an answer, at once. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        running.values().forEach(lookup -> lookup.cancel(true)); // of those that come later, no thread takes one
    }

    /** One question to the resolver, which several calls may wait for. */
    private final class Lookup extends FutureTask<List<InetAddress>> {
        private final String host;
        private final String site;
        private final long began = System.nanoTime();
        private volatile boolean started;
        private volatile boolean silent;

        Lookup(String host, String site) {
            super(() -> resolver.lookup(host));
            this.host = host;
            this.site = site;
        }

        @Override
        public void run() {
            started = true;
            super.run();
        }

        boolean isStarted() {
            return started;
        }

        /** Whether it failed because nobody answered. */
        boolean isSilent() {
            return silent;
        }

        @Override
        protected void setException(Throwable failure) {
            silent = failure instanceof UnknownHostException unknown && silentNames.isSilence(host, unknown);
            super.setException(failure);
        }

        @Override
        protected void done() {
            running.remove(host, this);
            slots.release(site);
        }
    }
}
