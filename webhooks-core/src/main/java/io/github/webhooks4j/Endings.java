package io.github.webhooks4j;

import io.github.webhooks4j.engine.Engine;
import io.github.webhooks4j.housekeeping.Sweeper;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which deliveries nobody is to send any more: those of removed webhooks and of those that were disabled by hand, those that are to
 * be discarded, and those that were held back for too long.
 *
 * <p>What is canceled was stored before a moment at which the webhook stood as it was read then. So nothing that is published after
 * somebody has resumed the webhook is ever canceled, however late this comes to it.
 */
final class Endings implements Sweeper.Plan {
    /** How long a delivery is kept for a webhook that is paused or was disabled, reckoned from when it was first due. */
    static final Duration HOLD_LIMIT = Duration.ofDays(14);

    private static final Duration EXPIRY = Duration.ofHours(1);

    private final DeliveryStore store;
    private final Registry registry;
    private final StatusChanges statuses;
    private final Ticker ticker;
    /** Webhooks in which nothing was too old when it was looked at within this hour. */
    private final Set<String> young = ConcurrentHashMap.newKeySet();

    private volatile long hourEnds;

    Endings(DeliveryStore store, Registry registry, StatusChanges statuses, Ticker ticker) {
        this.store = store;
        this.registry = registry;
        this.statuses = statuses;
        this.ticker = ticker;
        hourEnds = ticker.nanos();
    }

    /** Whether deliveries of this webhook, of which the store has some, may have to be ended, as far as this node knows. */
    boolean isDue(String webhookId) {
        Optional<WebhookStatus> status = registry.status(webhookId);
        if (status.isEmpty()) {
            return !registry.isThere(webhookId);
        }
        return !status.get().isKept()
                || status.get().discardBefore().isPresent()
                || (limit(status.get()).isPresent() && !isYoung(webhookId));
    }

    private boolean isYoung(String webhookId) {
        if (ticker.nanos() - hourEnds >= 0) {
            hourEnds = ticker.nanos() + EXPIRY.toNanos();
            young.clear();
        }
        return young.contains(webhookId);
    }

    /** How old a delivery of the webhook may become while nothing is sent to it; empty if it is sent to. */
    private static Optional<Duration> limit(WebhookStatus status) {
        return status.holds()
                ? Optional.of(HOLD_LIMIT)
                : status.breaker().isOpen() ? Optional.of(Engine.AGE_LIMIT) : Optional.empty();
    }

    @Override
    public Optional<Sweep> sweep(String webhookId) {
        Instant now = store.now(); // before the webhook is read: it may be resumed right afterwards
        Optional<Document> webhook = store.documents().find(DocumentKind.WEBHOOK, webhookId);
        if (webhook.isEmpty()) {
            return Optional.of(Sweep.cancelStoredBefore(webhookId, now));
        }
        WebhookStatus status = WebhookStatus.read(webhook.get());
        if (!status.isKept()) {
            return Optional.of(Sweep.cancelStoredBefore(webhookId, now));
        }
        return status.discardBefore()
                .map(before -> Sweep.cancelStoredBefore(webhookId, before))
                .or(() -> expiry(webhookId, status, now));
    }

    private Optional<Sweep> expiry(String webhookId, WebhookStatus status, Instant now) {
        Optional<Sweep> expiry = limit(status)
                .map(now::minus)
                .filter(tooOld -> status.resumedAt()
                        .filter(tooOld::isBefore)
                        .isEmpty()) // the time that it was held does not count
                .map(tooOld -> Sweep.expire(webhookId, tooOld));
        if (expiry.isEmpty()) {
            young.add(webhookId);
        }
        return expiry;
    }

    @Override
    public void clean(Sweep sweep) {
        sweep.storedBefore()
                .ifPresentOrElse(
                        before -> statuses.apply(sweep.webhookId(), status -> status.discarded(before)),
                        () -> young.add(sweep.webhookId()));
    }
}
