package io.github.webhooks4j.matching;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
public final class Matches {
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
    public List<String> of(Optional<String> tenant, String type) {
        String key = tenant.orElse("");
        OfTenant webhooks = tenants.get(key);
        if (webhooks == null) {
            return List.of();
        }
        List<String> known = found.getIfPresent(new Match(key, type, webhooks.generation));
        return known == null ? search(key, type) : known;
    }

    /** While no webhook of the tenant changes: one that changes its subscription is found by what it had, or by what it has. */
    private List<String> search(String tenant, String type) {
        List<List<String>> answer = new ArrayList<>();
        tenants.computeIfPresent(tenant, (key, webhooks) -> {
            List<String> ids = search(webhooks, type);
            found.put(new Match(tenant, type, webhooks.generation), ids);
            answer.add(ids);
            return webhooks;
        });
        return answer.isEmpty() ? List.of() : answer.get(0);
    }

    private static List<String> search(OfTenant webhooks, String type) {
        Set<String> ids = new TreeSet<>();
        TypePattern.matching(type).forEach(pattern -> ids.addAll(webhooks.byPattern.getOrDefault(pattern, Set.of())));
        return List.copyOf(ids);
    }

    /**
     * What a webhook subscribes to.
     *
     * @param tenant whose events it gets; empty if it gets those that have none
     * @param patterns as {@link TypePattern} has them
     */
    public record Subscribed(Optional<String> tenant, Set<String> patterns) {}

    /**
     * A webhook subscribes to something else than before. Called for one change of a webhook after the other.
     *
     * @param before null if it got nothing
     * @param after null if it gets nothing any more
     */
    public void replaced(String id, @Nullable Subscribed before, @Nullable Subscribed after) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (before != null && after != null && before.tenant.equals(after.tenant)) {
            change(after.tenant, webhooks -> {
                before.patterns.forEach(pattern -> remove(webhooks, pattern, id));
                after.patterns.forEach(pattern -> add(webhooks, pattern, id));
            });
            return;
        }
        if (before != null) {
            change(before.tenant, webhooks -> before.patterns.forEach(pattern -> remove(webhooks, pattern, id)));
        }
        if (after != null) {
            change(after.tenant, webhooks -> after.patterns.forEach(pattern -> add(webhooks, pattern, id)));
        }
    }

    private static void add(OfTenant webhooks, String pattern, String id) {
        webhooks.byPattern
                .computeIfAbsent(pattern, key -> ConcurrentHashMap.newKeySet())
                .add(id);
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
