package io.github.webhooks4j;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.lanes.Customer;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's view of the webhooks, in memory. What this node changes is seen at once, what others change after the next
 * {@link #refresh}. Safe for use by any thread.
 */
public final class Registry {
    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final int PAGE = 1000;
    private static final int MATCHES_KEPT = 100_000;
    private static final Duration REMOVED_KEPT = Duration.ofDays(2);
    /** Versions commit out of order: a change can become visible after a later one was read. */
    private static final Duration OVERLAP = Duration.ofSeconds(30);
    /** How often everything is read, to see what was committed even later than that. */
    private static final Duration RELOAD = Duration.ofMinutes(5);
    /** How many of those that cannot be read are read again at each refresh: their key may be there now. */
    private static final int REREAD = 10;

    private final DeliveryStore store;
    private final SharedSigners signers;
    private final StoreClock clock;
    private final Ticker ticker;
    private final Extensions extensions;
    private final EgressPolicy policy;
    private final Remedies remedies;
    private final Consumer<String> onRemoved;
    private final Consumer<String> onOpened;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    /** Replaced by each change: a result that is being computed from the entries before lands in the one thrown away. */
    private volatile Cache<Match, List<WebhookSettings>> matches = newMatches();

    private final ReentrantLock refreshing = new ReentrantLock();
    private @Nullable Instant lastChange; // guarded by refreshing
    private long nextReload; // guarded by refreshing
    private String lastReread = ""; // guarded by refreshing
    private volatile long refreshedNanos;
    private volatile boolean loaded;

    Registry(
            DeliveryStore store,
            SharedSigners signers,
            StoreClock clock,
            Ticker ticker,
            Extensions extensions,
            EgressPolicy policy,
            Consumer<String> onRemoved,
            Consumer<String> onOpened) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
        this.ticker = ticker;
        this.extensions = extensions;
        this.policy = policy;
        remedies = new Remedies(policy);
        this.onRemoved = onRemoved;
        this.onOpened = onOpened;
    }

    /**
     * What is known of a webhook.
     *
     * @param webhook its settings; null if it was removed, or cannot be read by this version
     * @param target how it is sent to
     * @param terms how its lane is treated; null if its settings are not known
     */
    private record Entry(
            long version,
            long statusVersion,
            Instant changedAt,
            boolean removed,
            @Nullable WebhookSettings webhook,
            Target target,
            Lanes.@Nullable Terms terms) {
        Entry(
                long version,
                long statusVersion,
                Instant changedAt,
                boolean removed,
                @Nullable WebhookSettings webhook,
                Target target) {
            this(version, statusVersion, changedAt, removed, webhook, target, Registry.terms(webhook));
        }

        /** Whether deliveries to it are sent, if this node can. */
        boolean isOpen() {
            return webhook != null
                    && webhook.state() == Webhook.State.ACTIVE
                    && !webhook.status().breaker().isOpen();
        }

        private boolean isKept() {
            return webhook != null && webhook.status().isKept();
        }

        /** What happens to a failing webhook all the time does not matter for what is stored for it. */
        boolean isMatchedOtherwiseThan(Entry other) {
            return version != other.version || removed != other.removed || isKept() != other.isKept();
        }

        boolean isUnreadable() {
            return webhook != null && !webhook.unreadable().isEmpty();
        }

        boolean isThereSince(Instant instant) {
            return !removed && changedAt.isBefore(instant);
        }

        boolean givesWayTo(Entry other) {
            boolean isSame = version == other.version && statusVersion == other.statusVersion;
            return isOlderThan(other) || (isSame && isUnreadable() && !other.isUnreadable());
        }

        private boolean isOlderThan(Entry other) {
            // Each change raises one of the two. An id that is used again after its removal was forgotten begins with
            // version 1.
            return version + statusVersion < other.version + other.statusVersion
                    || (removed && !other.removed && changedAt.isBefore(other.changedAt));
        }
    }

    /**
     * How a webhook is sent to.
     *
     * @param subscription null if it cannot be, from this node
     * @param trouble why not; empty if it can be, or was removed
     * @param signers the state of the shared signers that it was made with
     */
    private record Target(@Nullable Subscription subscription, String trouble, long signers) {
        static final Target NONE = new Target(null, "", 0);
    }

    private record Match(String tenant, String type) {}

    private static Cache<Match, List<WebhookSettings>> newMatches() {
        return Caffeine.newBuilder()
                .maximumWeight(MATCHES_KEPT)
                .weigher((Match match, List<WebhookSettings> webhooks) -> 1 + webhooks.size())
                .build();
    }

    /**
     * The webhooks that an event is stored for, in the order of their ids: active ones, also those that other nodes must send
     * to, and those that hold what comes.
     */
    List<WebhookSettings> match(Optional<String> tenant, String type) {
        return matches.get(
                new Match(tenant.orElse(""), type),
                match -> entries.values().stream()
                        .map(Entry::webhook)
                        .filter(webhook -> webhook != null
                                && webhook.status().isKept()
                                && webhook.tenant().orElse("").equals(match.tenant)
                                && webhook.events().stream()
                                        .anyMatch(pattern -> TypePattern.matches(pattern, match.type)))
                        .sorted(Comparator.comparing(WebhookSettings::id))
                        .toList());
    }

    /** The webhook, if it is known, active, can be sent to, and its breaker is closed. */
    @Nullable
    public Subscription active(String webhookId) {
        Subscription subscription = activeOrBroken(webhookId);
        return subscription != null
                        && !subscription.webhook().status().breaker().isOpen()
                ? subscription
                : null;
    }

    /** The webhook, if it is known, active and can be sent to, be its breaker open or not. */
    @Nullable
    public Subscription activeOrBroken(String webhookId) {
        Entry entry = entries.get(webhookId);
        Subscription subscription = entry == null ? null : upToDate(webhookId, entry).target.subscription;
        return subscription != null && subscription.webhook().state() == Webhook.State.ACTIVE ? subscription : null;
    }

    /** The entry with the shared signers of now. */
    private Entry upToDate(String webhookId, Entry entry) {
        boolean outdated = entry.webhook != null
                && entry.target.signers != signers.changes()
                && !entry.webhook.sharedNames().isEmpty();
        Entry renewed = outdated ? entries.computeIfPresent(webhookId, this::renewed) : entry;
        return renewed == null ? entry : renewed;
    }

    private Entry renewed(String webhookId, Entry entry) {
        if (entry.webhook == null) {
            return entry;
        }
        Target target = target(entry.webhook);
        tell(webhookId, entry.target.trouble, target.trouble);
        return new Entry(entry.version, entry.statusVersion, entry.changedAt, entry.removed, entry.webhook, target);
    }

    private static void tell(String webhookId, String before, String trouble) {
        if (!trouble.isEmpty() && !trouble.equals(before)) {
            log.error(
                    "webhook {} cannot be sent to from this node, its deliveries wait for one that can: {}",
                    webhookId,
                    trouble);
        }
    }

    /** Until when its breaker is open; empty if it is not, or the webhook cannot be sent to anyway. */
    public Optional<Instant> brokenUntil(String webhookId) {
        Subscription subscription = activeOrBroken(webhookId);
        return subscription == null
                ? Optional.empty()
                : subscription.webhook().status().breaker().openUntil();
    }

    /** What is known to have happened to the webhook; empty if it is not known, or was removed. */
    public Optional<WebhookStatus> status(String webhookId) {
        Entry entry = entries.get(webhookId);
        return entry == null || entry.webhook == null ? Optional.empty() : Optional.of(entry.webhook.status());
    }

    /** How the webhook is to be treated; one that is not known is a customer of its own. */
    Lanes.Terms terms(String webhookId) {
        Entry entry = entries.get(webhookId);
        return entry == null || entry.terms == null ? new Lanes.Terms("webhook " + webhookId) : entry.terms;
    }

    private static Lanes.@Nullable Terms terms(@Nullable WebhookSettings webhook) {
        return webhook == null
                ? null
                : new Lanes.Terms(Customer.of(webhook), webhook.concurrency(), webhook.rateLimit());
    }

    /** How often the webhook may be sent to; empty if there is no limit, or it is not known. */
    public Optional<RateLimit> rateLimit(String webhookId) {
        Entry entry = entries.get(webhookId);
        return entry == null || entry.webhook == null ? Optional.empty() : entry.webhook.rateLimit();
    }

    /** Whether the webhook is known at all, be it paused or unusable here. */
    public boolean knows(String webhookId) {
        return entries.containsKey(webhookId);
    }

    /** Whether the webhook is known to have been removed. */
    public boolean isRemoved(String webhookId) {
        Entry entry = entries.get(webhookId);
        return entry != null && entry.removed;
    }

    /** How old this view is. */
    public Duration age() {
        return Duration.ofNanos(ticker.nanos() - refreshedNanos);
    }

    /** Refreshes, unless the view is younger than this or another thread is at it and there is a view to go by. */
    void refreshIfOlderThan(Duration age) {
        if (loaded && (age().compareTo(age) < 0 || refreshing.isLocked())) {
            return;
        }
        refreshing.lock();
        try {
            if (!loaded || age().compareTo(age) >= 0) {
                refresh();
            }
        } finally {
            refreshing.unlock();
        }
    }

    /** Reads from the store what has changed. */
    public void refresh() {
        refreshing.lock();
        try {
            long began = ticker.nanos();
            Instant now = store.now();
            clock.set(now);
            boolean reloads = lastChange == null || began - nextReload >= 0;
            if (lastChange != null) {
                Instant since = lastChange.minus(OVERLAP);
                List<WebhookRow> changed = store.webhooksChangedSince(since);
                signers.put(store.signersChangedSince(since)); // read later, so that what webhooks refer to is there
                merge(changed);
            }
            if (reloads) {
                reload(now);
                nextReload = began + RELOAD.toNanos();
            }
            reread();
            Instant forgotten = now.minus(REMOVED_KEPT);
            entries.values().removeIf(entry -> entry.removed && entry.changedAt.isBefore(forgotten));
            lastChange = now;
            refreshedNanos = began;
            loaded = true;
        } finally {
            refreshing.unlock();
        }
    }

    /** Reads some of those again that cannot be read, others each time. */
    private void reread() {
        signers.reread(store, REREAD);
        List<String> ids = entries.entrySet().stream()
                .filter(each -> each.getValue().isUnreadable())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        int after = Math.max(0, ids.indexOf(lastReread) + 1);
        for (int i = 0; i < Math.min(REREAD, ids.size()); i++) {
            lastReread = ids.get((after + i) % ids.size());
            store.findWebhook(lastReread).ifPresent(this::put);
        }
    }

    /** Reads everything: what is not there any more was removed. */
    private void reload(Instant now) {
        List<WebhookRow> all = all();
        Instant settled = now.minus(OVERLAP); // what this node stores meanwhile may not have been there to be read
        signers.replace(store.signersChangedSince(Instant.EPOCH), settled);
        merge(all);
        Set<String> ids = all.stream().map(WebhookRow::id).collect(Collectors.toSet());
        List<String> missing = entries.entrySet().stream()
                .filter(each -> !ids.contains(each.getKey()) && each.getValue().isThereSince(settled))
                .map(Map.Entry::getKey)
                .toList();
        missing.forEach(this::removed);
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
        if (merge(row)) {
            matches = newMatches();
        }
    }

    private void merge(List<WebhookRow> rows) {
        boolean any = false;
        for (WebhookRow row : rows) {
            any |= merge(row);
        }
        if (any) {
            matches = newMatches();
        }
    }

    private boolean merge(WebhookRow row) {
        Entry before = entries.get(row.id());
        if (before != null
                && before.version == row.version()
                && before.statusVersion == row.statusVersion()
                && before.removed == row.removed()
                && !before.isUnreadable()) {
            return false;
        }
        Entry after = entry(row);
        Entry known = entries.merge(row.id(), after, (old, fresh) -> old.givesWayTo(fresh) ? fresh : old);
        boolean changed = known.equals(after);
        boolean isNew = before == null || before.version != row.version();
        Subscription subscription = after.target.subscription;
        if (isNew && subscription != null && subscription.denied()) {
            remedies.denied(subscription.webhook());
        }
        if (changed) {
            tell(row.id(), before == null ? "" : before.target.trouble, after.target.trouble);
        }
        if (changed && row.removed()) {
            onRemoved.accept(row.id());
        } else if (changed && before != null && !before.isOpen() && after.isOpen()) {
            onOpened.accept(row.id());
        }
        return changed && (before == null || before.isMatchedOtherwiseThan(after));
    }

    /** Takes over that a webhook was removed. */
    void removed(String webhookId) {
        entries.computeIfPresent(
                webhookId,
                (id, entry) -> new Entry(entry.version + 1, entry.statusVersion, clock.now(), true, null, Target.NONE));
        matches = newMatches();
        onRemoved.accept(webhookId);
    }

    private Entry entry(WebhookRow row) {
        WebhookSettings webhook = row.removed() ? null : read(row);
        Target target = webhook == null ? Target.NONE : target(webhook);
        return new Entry(row.version(), row.statusVersion(), row.changedAt(), row.removed(), webhook, target);
    }

    private static @Nullable WebhookSettings read(WebhookRow row) {
        try {
            return WebhookDocument.read(row);
        } catch (RuntimeException e) {
            log.error("webhook {} cannot be read, and gets no events from this node: {}", row.id(), e.getMessage());
            return null;
        }
    }

    private Target target(WebhookSettings webhook) {
        long changes = signers.changes();
        try {
            WebhookSettings resolved = webhook.withShared(name -> signers.find(webhook.tenant(), name));
            return new Target(Subscription.of(resolved, extensions, policy), "", changes);
        } catch (RuntimeException e) {
            return new Target(null, String.valueOf(e.getMessage()), changes);
        }
    }
}
