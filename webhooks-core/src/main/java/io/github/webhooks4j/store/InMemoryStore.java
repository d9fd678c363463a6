package io.github.webhooks4j.store;

import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The store that keeps everything in maps. Its clock is the one that it is given. The history of finished deliveries is
 * bounded: the oldest are forgotten.
 */
public final class InMemoryStore implements DeliveryStore {
    private static final int FINISHED_KEPT = 100_000;
    private static final Duration TOMBSTONE_KEPT = Duration.ofDays(1);

    private final InstantSource clock;

    // all guarded by this
    private final NavigableMap<String, WebhookRow> webhooks = new TreeMap<>();
    private final NavigableMap<String, SignerRow> signers = new TreeMap<>(); // by tenant, U+0000, name
    private final Map<UUID, Kept> events = new HashMap<>();
    private final Map<PublicId, UUID> keys = new HashMap<>();
    private final NavigableMap<String, NavigableSet<Pending>> pending = new TreeMap<>();
    private final Map<Key, Pending> pendingByKey = new HashMap<>();
    private final Map<Key, Past> history = new HashMap<>();
    private final Deque<Key> finished = new ArrayDeque<>();
    private final Map<String, Instant> rates = new HashMap<>();
    private String dueFrom = ""; // where the next call of due() goes on

    public InMemoryStore(InstantSource clock) {
        this.clock = clock;
    }

    private record PublicId(Optional<String> tenant, String id) {}

    private record Key(UUID event, String webhookId) {}

    /** An event, and how many of its deliveries are still remembered. */
    private static final class Kept {
        final StoredEvent event;
        int deliveries;

        Kept(StoredEvent event, int deliveries) {
            this.event = event;
            this.deliveries = deliveries;
        }
    }

    /** A row of the unfinished. Its place in the order is fixed while it is in a set. */
    private static final class Pending {
        static final Comparator<Pending> ORDER =
                Comparator.comparing((Pending row) -> row.nextAt).thenComparing(row -> row.key.event);

        final Key key;
        final Instant firstDueAt;
        Instant nextAt;
        int fence;
        int attempts;
        int claims;

        Pending(Key key, Instant firstDueAt, Instant nextAt) {
            this.key = key;
            this.firstDueAt = firstDueAt;
            this.nextAt = nextAt;
        }
    }

    /** What happened to a delivery so far. */
    private static final class Past {
        final List<Attempt> attempts = new ArrayList<>();
        DeliveryState state = DeliveryState.PENDING;

        /** Stale attempts have the number of those after them. */
        int counted() {
            return attempts.isEmpty() ? 0 : attempts.get(attempts.size() - 1).number();
        }
    }

    @Override
    public void open() {}

    @Override
    public void close() {}

    @Override
    public Instant now() {
        return clock.instant();
    }

    // ---- webhooks

    @Override
    public synchronized Optional<WebhookRow> saveWebhook(WebhookRow webhook) {
        WebhookRow before = webhooks.get(webhook.id());
        boolean expected = before == null
                ? webhook.version() == 0
                : !before.removed() && webhook.version() != 0 && before.version() == webhook.version();
        if (!expected) {
            return Optional.empty();
        }
        WebhookRow after = new WebhookRow(
                webhook.id(),
                webhook.tenant(),
                before == null ? webhook.state() : before.state(),
                webhook.version() + 1,
                now(),
                false,
                webhook.settings(),
                webhook.secrets(),
                before == null ? webhook.status() : before.status(),
                before == null ? 0 : before.statusVersion());
        webhooks.put(after.id(), after);
        return Optional.of(after);
    }

    @Override
    public synchronized Optional<WebhookRow> saveStatus(
            String id, long statusVersion, Webhook.State state, String status) {
        WebhookRow before = webhooks.get(id);
        if (before == null || before.removed() || before.statusVersion() != statusVersion) {
            return Optional.empty();
        }
        WebhookRow after = new WebhookRow(
                id,
                before.tenant(),
                state,
                before.version(),
                now(),
                false,
                before.settings(),
                before.secrets(),
                status,
                statusVersion + 1);
        webhooks.put(id, after);
        return Optional.of(after);
    }

    @Override
    public synchronized Optional<WebhookRow> findWebhook(String id) {
        return Optional.ofNullable(webhooks.get(id)).filter(row -> !row.removed());
    }

    @Override
    public synchronized List<WebhookRow> listWebhooks(Optional<String> tenant, String after, int limit) {
        return webhooks.tailMap(after, false).values().stream()
                .filter(row -> !row.removed() && (tenant.isEmpty() || tenant.equals(row.tenant())))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<WebhookRow> webhooksChangedSince(Instant since) {
        Instant forgotten = now().minus(TOMBSTONE_KEPT);
        webhooks.values().removeIf(row -> row.removed() && row.changedAt().isBefore(forgotten));
        return webhooks.values().stream()
                .filter(row -> !row.changedAt().isBefore(since))
                .toList();
    }

    @Override
    public synchronized boolean removeWebhook(String id) {
        WebhookRow row = webhooks.get(id);
        if (row == null || row.removed()) {
            return false;
        }
        long version = row.version() + 1;
        webhooks.put(
                id,
                new WebhookRow(
                        id,
                        row.tenant(),
                        row.state(),
                        version,
                        now(),
                        true,
                        "{}",
                        Map.of(),
                        "{}",
                        row.statusVersion()));
        rates.remove(id);
        return true;
    }

    // ---- signers

    private static String signerKey(Optional<String> tenant, String name) {
        return tenant.orElse("") + '\0' + name;
    }

    @Override
    public synchronized Optional<SignerRow> saveSigner(SignerRow signer) {
        long stored = findSigner(signer.tenant(), signer.name())
                .map(SignerRow::version)
                .orElse(0L);
        if (signer.version() != 0 && signer.version() != stored) {
            return Optional.empty();
        }
        return Optional.of(putSigner(signer.tenant(), signer.name(), false, signer.settings(), signer.secrets()));
    }

    private SignerRow putSigner(
            Optional<String> tenant, String name, boolean removed, String settings, Map<String, String> secrets) {
        String key = signerKey(tenant, name);
        SignerRow before = signers.get(key);
        long version = before == null ? 1 : before.version() + 1;
        SignerRow after = new SignerRow(tenant, name, version, now(), removed, settings, secrets);
        signers.put(key, after);
        return after;
    }

    @Override
    public synchronized Optional<SignerRow> findSigner(Optional<String> tenant, String name) {
        return Optional.ofNullable(signers.get(signerKey(tenant, name))).filter(row -> !row.removed());
    }

    @Override
    public synchronized List<SignerRow> listSigners(Optional<String> tenant) {
        return signers.values().stream()
                .filter(row -> !row.removed() && row.tenant().equals(tenant))
                .toList();
    }

    @Override
    public synchronized List<SignerRow> signersChangedSince(Instant since) {
        Instant forgotten = now().minus(TOMBSTONE_KEPT);
        signers.values().removeIf(row -> row.removed() && row.changedAt().isBefore(forgotten));
        return signers.values().stream()
                .filter(row -> !row.changedAt().isBefore(since))
                .toList();
    }

    @Override
    public synchronized boolean removeSigner(Optional<String> tenant, String name) {
        boolean there = findSigner(tenant, name).isPresent();
        if (there) {
            putSigner(tenant, name, true, "{}", Map.of());
        }
        return there;
    }

    // ---- deliveries of a webhook

    @Override
    public synchronized List<Delivery> expire(String webhookId, Instant firstDueBefore, int limit) {
        Instant now = now();
        List<Pending> rows = pending.getOrDefault(webhookId, new TreeSet<>(Pending.ORDER)).stream()
                .filter(row -> (row.claims == 0 || !row.nextAt.isAfter(now)) && row.firstDueAt.isBefore(firstDueBefore))
                .limit(limit)
                .toList();
        return rows.stream()
                .map(row -> {
                    finish(row, DeliveryState.EXHAUSTED);
                    return delivery(row.key, DeliveryState.EXHAUSTED, row.attempts, null);
                })
                .toList();
    }

    @Override
    public synchronized List<Delivery> cancel(String webhookId, int limit) {
        List<Pending> rows = List.copyOf(pending.getOrDefault(webhookId, new TreeSet<>(Pending.ORDER))).stream()
                .limit(limit)
                .toList();
        return rows.stream()
                .map(row -> {
                    finish(row, DeliveryState.CANCELED);
                    return delivery(row.key, DeliveryState.CANCELED, row.attempts, null);
                })
                .toList();
    }

    // ---- publish

    @Override
    public Optional<CallersTransaction> callersTransaction() {
        return Optional.empty();
    }

    @Override
    public synchronized Set<Claim> confirm(Collection<Claim> claims) {
        return claims.stream().filter(claim -> claimedRow(claim) != null).collect(Collectors.toSet());
    }

    @Override
    public synchronized Set<UUID> insert(List<NewEvent> newEvents) {
        Set<UUID> inserted = new HashSet<>();
        for (NewEvent newEvent : newEvents) {
            StoredEvent event = newEvent.event();
            PublicId id = new PublicId(event.tenant(), event.id());
            if (keys.putIfAbsent(id, event.key()) == null) {
                events.put(event.key(), new Kept(event, newEvent.deliveries().size()));
                newEvent.deliveries().forEach(delivery -> insert(event.key(), delivery));
                if (newEvent.deliveries().isEmpty()) {
                    remember(new Key(event.key(), "")); // nothing to finish: forgotten in its turn all the same
                }
                inserted.add(event.key());
            }
        }
        return inserted;
    }

    private void insert(UUID event, NewDelivery delivery) {
        Instant dueAt = delivery.dueAt().orElse(now());
        boolean leased = !delivery.lease().isZero();
        Pending row =
                new Pending(new Key(event, delivery.webhookId()), dueAt, leased ? now().plus(delivery.lease()) : dueAt);
        row.fence = leased ? Claim.FIRST_FENCE : 0;
        row.claims = leased ? 1 : 0;
        pendingByKey.put(row.key, row);
        queue(row);
    }

    private void queue(Pending row) {
        pending.computeIfAbsent(row.key.webhookId, id -> new TreeSet<>(Pending.ORDER))
                .add(row);
    }

    private void dequeue(Pending row) {
        NavigableSet<Pending> rows = pending.get(row.key.webhookId);
        if (rows != null) {
            rows.remove(row);
            if (rows.isEmpty()) {
                pending.remove(row.key.webhookId);
            }
        }
    }

    private void move(Pending row, Instant nextAt) {
        dequeue(row);
        row.nextAt = nextAt;
        queue(row);
    }

    // ---- the engine

    @Override
    public synchronized Map<String, Instant> due(int limit) {
        Map<String, Instant> due = new HashMap<>();
        List<String> turn = new ArrayList<>(pending.tailMap(dueFrom).keySet());
        turn.addAll(pending.headMap(dueFrom).keySet());
        turn.stream().limit(limit).forEach(webhookId -> due.put(webhookId, first(webhookId).nextAt));
        dueFrom = turn.size() > limit ? turn.get(limit) : "";
        return due;
    }

    private Pending first(String webhookId) {
        NavigableSet<Pending> rows = pending.get(webhookId);
        if (rows == null) {
            throw new IllegalStateException("a set without rows is dropped");
        }
        return rows.first();
    }

    @Override
    public synchronized List<Claimed> claim(Map<String, Integer> room, Duration lease) {
        Instant now = now();
        List<Claimed> claimed = new ArrayList<>();
        room.forEach((webhookId, count) -> {
            for (int i = 0; i < count; i++) {
                NavigableSet<Pending> rows = pending.get(webhookId);
                if (rows == null || rows.first().nextAt.isAfter(now)) {
                    break;
                }
                claimed.add(claim(rows.first(), now.plus(lease)));
            }
        });
        return claimed;
    }

    @Override
    public synchronized LimitedClaims claimLimited(Map<String, LimitedRoom> room, Duration lease) {
        Instant now = now();
        List<Claimed> claimed = new ArrayList<>();
        Map<String, Duration> waits = new HashMap<>();
        room.forEach((webhookId, wanted) -> {
            RateLimit limit = wanted.limit();
            Instant usedUntil = rates.getOrDefault(webhookId, Instant.EPOCH);
            int most = Math.min(wanted.deliveries(), limit.available(usedUntil, now, wanted.startWithin()));
            List<Claimed> some = claim(Map.of(webhookId, most), lease);
            claimed.addAll(some);
            Instant used = some.isEmpty() ? usedUntil : limit.use(usedUntil, now, wanted.startWithin(), some.size());
            rates.put(webhookId, used);
            if (some.size() == most && most < wanted.deliveries()) {
                waits.put(webhookId, limit.untilNext(used, now));
            }
        });
        return new LimitedClaims(claimed, waits);
    }

    private Claimed claim(Pending row, Instant leaseEnd) {
        Instant dueAt = row.nextAt;
        row.fence++;
        row.claims++;
        move(row, leaseEnd);
        return new Claimed(
                new Claim(row.key.event, row.key.webhookId, row.fence),
                row.attempts,
                row.claims,
                dueAt,
                row.firstDueAt,
                event(row.key));
    }

    @Override
    public synchronized Set<Claim> record(List<Outcome> outcomes) {
        Set<Claim> recorded = new HashSet<>();
        for (Outcome outcome : outcomes) {
            Pending row = claimedRow(outcome.claim());
            if (row != null && recorded.add(outcome.claim())) {
                record(row, outcome);
            }
        }
        return recorded;
    }

    private void record(Pending row, Outcome outcome) {
        outcome.stale().ifPresent(past(row.key).attempts::add);
        outcome.attempt().ifPresent(attempt -> {
            past(row.key).attempts.add(attempt);
            row.attempts = attempt.number();
        });
        endClaim(row);
        if (outcome.state() == DeliveryState.PENDING) {
            move(row, now().plus(outcome.delay()));
        } else {
            finish(row, outcome.state());
        }
    }

    @Override
    public synchronized void release(Map<Claim, Instant> due) {
        due.forEach((claim, dueAt) -> {
            Pending row = claimedRow(claim);
            if (row != null) {
                endClaim(row);
                move(row, dueAt);
            }
        });
    }

    /** Raises the fence as well, so that a claim is used once. */
    private static void endClaim(Pending row) {
        row.claims = 0;
        row.fence++;
    }

    private @Nullable Pending claimedRow(Claim claim) {
        Pending row = pendingByKey.get(new Key(claim.event(), claim.webhookId()));
        return row != null && row.fence == claim.fence() ? row : null;
    }

    private void finish(Pending row, DeliveryState state) {
        past(row.key).state = state;
        dequeue(row);
        pendingByKey.remove(row.key);
        remember(row.key);
    }

    private void remember(Key key) {
        finished.add(key);
        while (finished.size() > FINISHED_KEPT) {
            forget(finished.remove());
        }
    }

    private void forget(Key key) {
        history.remove(key);
        Kept kept = kept(key);
        kept.deliveries--;
        if (kept.deliveries <= 0) {
            events.remove(key.event);
            keys.remove(new PublicId(kept.event.tenant(), kept.event.id()));
        }
    }

    // ---- looking back

    @Override
    public synchronized Optional<Delivery> findDelivery(Optional<String> tenant, String eventId, String webhookId) {
        UUID event = keys.get(new PublicId(tenant, eventId));
        if (event == null) {
            return Optional.empty();
        }
        Key key = new Key(event, webhookId);
        Pending row = pendingByKey.get(key);
        if (row != null) {
            return Optional.of(delivery(key, DeliveryState.PENDING, row.attempts, row.nextAt));
        }
        return Optional.ofNullable(history.get(key)).map(past -> delivery(key, past.state, past.counted(), null));
    }

    @Override
    public synchronized List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId) {
        UUID event = keys.get(new PublicId(tenant, eventId));
        Past past = event == null ? null : history.get(new Key(event, webhookId));
        return past == null ? List.of() : List.copyOf(past.attempts);
    }

    private Past past(Key key) {
        return history.computeIfAbsent(key, k -> new Past());
    }

    private Kept kept(Key key) {
        Kept kept = events.get(key.event);
        if (kept == null) {
            throw new IllegalStateException("an event is kept while one of its deliveries is");
        }
        return kept;
    }

    private StoredEvent event(Key key) {
        return kept(key).event;
    }

    private Delivery delivery(Key key, DeliveryState state, int attempts, @Nullable Instant nextAt) {
        StoredEvent event = event(key);
        return new Delivery(
                event.id(), event.type(), key.webhookId, event.tenant(), state, attempts, Optional.ofNullable(nextAt));
    }
}
