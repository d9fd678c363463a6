package io.github.webhooks4j.okhttp;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.HttpUrl;

/** Lets the names of one site occupy a few threads of the resolver at a time, so that its name servers block no others. */
final class SiteSlots {
    private static final int SLOTS = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Map<String, Integer> taken = new HashMap<>(); // guarded by lock

    /** The part of a host name that somebody has registered, such as {@code example.co.uk}; the whole of other names. */
    static String site(String host) {
        HttpUrl url = HttpUrl.parse("https://" + host + "/");
        String domain = url == null ? null : url.topPrivateDomain();
        return domain == null ? host : domain;
    }

    /** Takes a slot of a site, or waits for one; false if none was freed in time. */
    boolean acquire(String site, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (taken.getOrDefault(site, 0) >= SLOTS) {
                if (left <= 0) {
                    return false;
                }
                left = freed.awaitNanos(left);
            }
            taken.merge(site, 1, Integer::sum);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(String site) {
        lock.lock();
        try {
            taken.computeIfPresent(site, (key, count) -> count == 1 ? null : count - 1);
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
