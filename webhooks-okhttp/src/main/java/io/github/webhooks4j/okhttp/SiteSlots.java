package io.github.webhooks4j.okhttp;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import okhttp3.HttpUrl;

/**
 * Lets the names of one site occupy a few threads of the resolver at a time, so that its name servers block no others. Sites
 * that got no answer lately have a few threads together.
 */
final class SiteSlots {
    private static final int SLOTS = 4;
    private static final int SLOTS_OF_SLOW_SITES = 16;
    private static final Duration SLOW_FOR = Duration.ofMinutes(1);
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Map<String, Integer> taken = new HashMap<>(); // guarded by lock
    private final LongSupplier nanos;
    /** When they got no answer. */
    private final Map<String, Long> slow = new LinkedHashMap<>() { // guarded by lock
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > REMEMBERED;
                }
            };

    SiteSlots(LongSupplier nanos) {
        this.nanos = nanos;
    }

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
            while (isFull(site)) {
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

    private boolean isFull(String site) {
        return taken.getOrDefault(site, 0) >= SLOTS || (isSlow(site) && takenBySlow() >= SLOTS_OF_SLOW_SITES);
    }

    private boolean isSlow(String site) {
        Long at = slow.get(site);
        return at != null && nanos.getAsLong() - at <= SLOW_FOR.toNanos();
    }

    private int takenBySlow() {
        return taken.entrySet().stream()
                .filter(each -> isSlow(each.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** A name of this site got no answer in time. */
    void slow(String site) {
        lock.lock();
        try {
            slow.remove(site);
            slow.put(site, nanos.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** A name of this site was answered. */
    void answered(String site) {
        lock.lock();
        try {
            slow.remove(site);
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
