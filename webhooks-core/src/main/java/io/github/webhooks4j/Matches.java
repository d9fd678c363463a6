package io.github.webhooks4j;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which webhooks an event is stored for, by tenant and type. A change of a webhook concerns the events of its tenant only, and
 * what is asked for next is looked up by its type rather than searched for. Safe for use by any thread.
 */
final class Matches {
    private static final int KEPT = 100_000;

    private final Map<String, OfTenant> tenants = new ConcurrentHashMap<>();
    private final AtomicLong generations = new AtomicLong();
    private final Cache<Match, List<String>> found = Caffeine.newBuilder()
            .maximumWeight(KEPT)
            .weigher((Match match, List<String> webhooks) -> 1 + webhooks.size())
            .build();

    /** An answer that was found while this was the generation of its tenant; it is not asked for when that has changed. */
    private record Match(String tenant, String type, long generation) {}

    /** The ids of the webhooks of one tenant, by the patterns that they subscribe to. */
    private static final class OfTenant {
        final Map<String, Set<String>> byPattern = new ConcurrentHashMap<>();
        volatile long generation;
    }

    /** The ids of the webhooks, in their order. */
    List<String> of(Optional<String> tenant, String type) {
        OfTenant webhooks = tenants.get(tenant.orElse(""));
        if (webhooks == null) {
            return List.of();
        }
        Match match = new Match(tenant.orElse(""), type, webhooks.generation);
        return found.get(match, each -> search(webhooks, type));
    }

    private static List<String> search(OfTenant webhooks, String type) {
        Set<String> ids = new TreeSet<>();
        TypePattern.matching(type).forEach(pattern -> ids.addAll(webhooks.byPattern.getOrDefault(pattern, Set.of())));
        return List.copyOf(ids);
    }

    /** Another webhook, or none, stands in the place of one. Called for one change of a webhook after the other. */
    void replaced(@Nullable WebhookSettings before, @Nullable WebhookSettings after) {
        WebhookSettings gone = before != null && before.status().isKept() ? before : null;
        WebhookSettings here = after != null && after.status().isKept() ? after : null;
        if (gone != null
                && here != null
                && gone.tenant().equals(here.tenant())
                && gone.events().equals(here.events())) {
            return;
        }
        if (gone != null) {
            change(gone.tenant(), webhooks -> gone.events().forEach(pattern -> remove(webhooks, pattern, gone.id())));
        }
        if (here != null) {
            change(
                    here.tenant(),
                    webhooks -> here.events()
                            .forEach(pattern -> webhooks.byPattern
                                    .computeIfAbsent(pattern, key -> ConcurrentHashMap.newKeySet())
                                    .add(here.id())));
        }
    }

    private static void remove(OfTenant webhooks, String pattern, String id) {
        webhooks.byPattern.computeIfPresent(pattern, (key, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
    }

    private interface Change {
        void of(OfTenant webhooks);
    }

    private void change(Optional<String> tenant, Change change) {
        tenants.compute(tenant.orElse(""), (key, known) -> {
            OfTenant webhooks = known == null ? new OfTenant() : known;
            change.of(webhooks);
            webhooks.generation =
                    generations.incrementAndGet(); // afterwards: what was found meanwhile may lack something
            return webhooks.byPattern.isEmpty() ? null : webhooks;
        });
    }
}
