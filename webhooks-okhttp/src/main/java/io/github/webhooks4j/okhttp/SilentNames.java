package io.github.webhooks4j.okhttp;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells names for which nobody answered from names that do not exist. The C library says which it was, once: the JDK keeps
 * the failure, and repeats it with nothing but the name. Safe for use by any thread.
 */
final class SilentNames {
    /** How the C library says it. */
    private static final String NO_ANSWER = "Temporary failure";
    /** As long as the JDK keeps failures, unless {@code networkaddress.cache.negative.ttl} is set. */
    private static final Duration KEPT = Duration.ofSeconds(10);

    private static final int REMEMBERED = 10_000;

    private final LongSupplier nanos;
    private final Map<String, Long> silentAt = new LinkedHashMap<>() { // guarded by itself
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > REMEMBERED;
                }
            };

    SilentNames(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether this failure of a lookup, or the one that it repeats, is that nobody answered. */
    boolean isSilence(String host, UnknownHostException failure) {
        String message = failure.getMessage();
        synchronized (silentAt) {
            if (host.equals(message)) {
                Long at = silentAt.get(host);
                return at != null && nanos.getAsLong() - at <= KEPT.toNanos();
            }
            silentAt.remove(host);
            boolean silence = message != null && message.contains(NO_ANSWER);
            if (silence) {
                silentAt.put(host, nanos.getAsLong());
            }
            return silence;
        }
    }
}
