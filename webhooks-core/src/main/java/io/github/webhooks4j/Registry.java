package io.github.webhooks4j;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.webhooks4j.DeliveryStore.WebhookRow;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Signer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's view of the webhooks, in memory. What this node changes is seen at once, what others change after the next
 * {@link #refresh}. Safe for use by any thread.
 */
final class Registry {
    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final int PAGE = 1000;
    private static final int MATCHES_KEPT = 10_000;
    /** Versions commit out of order: a change can become visible after a later one was read. */
    private static final Duration OVERLAP = Duration.ofSeconds(30);

    private final DeliveryStore store;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Map<String, Signer> customSigners;
    private final EgressPolicy policy;
    private final Consumer<String> onRemoved;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Cache<Match, List<Subscription>> matches =
            Caffeine.newBuilder().maximumSize(MATCHES_KEPT).build();
    private final ReentrantLock refreshing = new ReentrantLock();
    private @Nullable Instant lastChange; // guarded by refreshing
    private volatile long refreshedNanos;
    private volatile boolean loaded;

    Registry(
            DeliveryStore store,
            StoreClock clock,
            Ticker ticker,
            Map<String, Signer> customSigners,
            EgressPolicy policy,
            Consumer<String> onRemoved) {
        this.store = store;
        this.clock = clock;
        this.ticker = ticker;
        this.customSigners = Map.copyOf(customSigners);
        this.policy = policy;
        this.onRemoved = onRemoved;
    }

    /** What is known of a webhook at one version; no subscription if it was removed or cannot be sent to from here. */
    private record Entry(
            long version, boolean removed, @Nullable Subscription subscription) {}

    private record Match(String tenant, String type) {}

    /** The active webhooks that an event goes to, in the order of their ids. */
    List<Subscription> match(Optional<String> tenant, String type) {
        return matches.get(
                new Match(tenant.orElse(""), type),
                match -> entries.values().stream()
                        .map(Entry::subscription)
                        .filter(subscription -> subscription != null
                                && subscription.webhook().state() == Webhook.State.ACTIVE
                                && subscription.webhook().tenant().orElse("").equals(match.tenant)
                                && subscription.matches(match.type))
                        .sorted(Comparator.comparing(
                                subscription -> subscription.webhook().id()))
                        .toList());
    }

    /** The webhook, if it is known, active and can be sent to. */
    @Nullable
    Subscription active(String webhookId) {
        Entry entry = entries.get(webhookId);
        Subscription subscription = entry == null ? null : entry.subscription;
        return subscription != null && subscription.webhook().state() == Webhook.State.ACTIVE ? subscription : null;
    }

    /** Whether the webhook is known at all, be it paused or unusable here. */
    boolean knows(String webhookId) {
        return entries.containsKey(webhookId);
    }

    /** Whether the webhook is known to have been removed. */
    boolean isRemoved(String webhookId) {
        Entry entry = entries.get(webhookId);
        return entry != null && entry.removed;
    }

    /** How old this view is. */
    Duration age() {
        return Duration.ofNanos(ticker.nanos() - refreshedNanos);
    }

    /** Refreshes, unless the view is younger than this or another thread is at it and there is a view to go by. */
    void refreshIfOlderThan(Duration age) {
        if (loaded && (age().compareTo(age) < 0 || refreshing.isLocked())) {
            return;
        }
        refresh();
    }

    /** Reads from the store what has changed. */
    void refresh() {
        refreshing.lock();
        try {
            long began = ticker.nanos();
            Instant now = store.now();
            clock.set(now);
            List<WebhookRow> changed =
                    lastChange == null ? all() : store.webhooksChangedSince(lastChange.minus(OVERLAP));
            changed.forEach(this::put);
            lastChange = now;
            refreshedNanos = began;
            loaded = true;
        } finally {
            refreshing.unlock();
        }
    }

    private List<WebhookRow> all() {
        List<WebhookRow> all = new ArrayList<>();
        List<WebhookRow> page = store.listWebhooks(Optional.empty(), "", PAGE);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = store.listWebhooks(
                    Optional.empty(), page.get(page.size() - 1).id(), PAGE);
        }
        return all;
    }

    /** Takes over a row, unless a newer one is known. */
    void put(WebhookRow row) {
        Entry before = entries.get(row.id());
        if (before != null && before.version >= row.version()) {
            return;
        }
        Entry after = new Entry(row.version(), row.removed(), row.removed() ? null : subscription(row));
        entries.merge(row.id(), after, (old, fresh) -> old.version >= fresh.version ? old : fresh);
        matches.invalidateAll();
        if (row.removed()) {
            onRemoved.accept(row.id());
        }
    }

    /** Takes over that a webhook was removed. */
    void removed(String webhookId) {
        entries.computeIfPresent(webhookId, (id, entry) -> new Entry(entry.version + 1, true, null));
        matches.invalidateAll();
        onRemoved.accept(webhookId);
    }

    private @Nullable Subscription subscription(WebhookRow row) {
        try {
            return Subscription.of(row, customSigners, policy);
        } catch (RuntimeException e) {
            log.error(
                    "webhook {} cannot be sent to from this node, its deliveries wait for one that can: {}",
                    row.id(),
                    e.getMessage());
            return null;
        }
    }
}
