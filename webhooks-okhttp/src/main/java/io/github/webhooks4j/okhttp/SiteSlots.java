package io.github.webhooks4j.okhttp;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import okhttp3.HttpUrl;

/**
 * Lets the names of one site occupy a few threads of the resolver at a time, so that its name servers block no others. Sites
 * that got no answer lately have a few threads together, and all that were not answered lately leave some to the others, and
 * a few to those among them that have none yet.
 */
final class SiteSlots {
    private static final int SLOTS = 4;
    private static final int SLOTS_OF_SLOW_SITES = 16;
    private static final int SLOTS_OF_UNPROVEN_SITES = 48;
    /** Those that an unproven site may take its first slot of only. */
    private static final int FIRST_SLOTS = 8;

    private static final Duration SLOW_FOR = Duration.ofMinutes(1);
    private static final Duration PROVEN_FOR = Duration.ofHours(1);
    private static final int REMEMBERED = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Map<String, Integer> taken = new HashMap<>(); // guarded by lock
    private final LongSupplier nanos;
    /** What became of the last lookup of each site. */
    private final Map<String, Last> last = new LinkedHashMap<>() { // guarded by lock
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Last> eldest) {
                    return size() > REMEMBERED;
                }
            };

    private record Last(boolean answered, long at) {}

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
        int own = taken.getOrDefault(site, 0);
        int unproven = own == 0 ? SLOTS_OF_UNPROVEN_SITES : SLOTS_OF_UNPROVEN_SITES - FIRST_SLOTS;
        return own >= SLOTS
                || (isSlow(site) && takenBy(this::isSlow) >= SLOTS_OF_SLOW_SITES)
                || (!isProven(site) && takenBy(each -> !isProven(each)) >= unproven);
    }

    private boolean isSlow(String site) {
        return was(site, false, SLOW_FOR);
    }

    private boolean isProven(String site) {
        return was(site, true, PROVEN_FOR);
    }

    private boolean was(String site, boolean answered, Duration lately) {
        Last known = last.get(site);
        return known != null && known.answered == answered && nanos.getAsLong() - known.at <= lately.toNanos();
    }

    private int takenBy(Predicate<String> sites) {
        return taken.entrySet().stream()
                .filter(each -> sites.test(each.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** A name of this site got no answer in time. */
    void slow(String site) {
        note(site, false);
    }

    /** A name of this site was answered. */
    void answered(String site) {
        note(site, true);
    }

    private void note(String site, boolean answered) {
        lock.lock();
        try {
            last.remove(site);
            last.put(site, new Last(answered, nanos.getAsLong()));
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
