package io.github.webhooks4j.okhttp;

import io.github.webhooks4j.egress.EgressPolicy;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator, in the log, which names are not sent to because of what they resolve to, and what would allow it.
 * Says it once for each name, of those that were met lately. Safe for use by any thread.
 */
final class DeniedNames {
    private static final Logger LOG = LoggerFactory.getLogger(DeniedNames.class);
    private static final int REMEMBERED = 1000;
    private static final int SHOWN = 5;

    private final EgressPolicy policy;
    private final Map<String, Boolean> told = new LinkedHashMap<>(16, 0.75f, true) { // guarded by itself
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    DeniedNames(EgressPolicy policy) {
        this.policy = policy;
    }

    /** The policy denies some of the addresses of this name. */
    void add(String host, List<InetAddress> addresses) {
        synchronized (told) {
            if (told.put(host, true) != null) {
                return;
            }
        }
        List<InetAddress> denied = addresses.stream()
                .filter(address -> !policy.allows(address))
                .distinct()
                .limit(SHOWN)
                .toList();
        List<String> remedies =
                denied.stream().map(policy::remedy).flatMap(Optional::stream).toList();
        LOG.warn(
                "nothing is sent to {}, since the egress policy refuses an address of that name; {}",
                host,
                remedies.size() == denied.size()
                        ? "if it is to be allowed, add to the client's EgressPolicy.builder(): ."
                                + String.join(".", remedies)
                        : "it should not be allowed");
    }
}
