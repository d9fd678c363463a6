package io.github.webhooks4j;

import io.github.webhooks4j.Webhook.DisabledReason;
import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.engine.Reports;
import io.github.webhooks4j.engine.Verdict;
import io.github.webhooks4j.machine.Outage;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.machine.Writers;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Changes the status of webhooks: by hand, and by what their attempts say. A change is computed from what is stored and takes
 * effect only if that is still so; whoever makes it tells of it. Nothing is written where nothing changes, so that a healthy
 * webhook costs nothing here.
 */
final class StatusChanges implements Reports {
    private static final Logger log = LoggerFactory.getLogger(StatusChanges.class);
    /** After so many failed attempts in a row, on this node, a webhook is failing. */
    private static final int FAILING_AFTER = 5;

    /** After so many failed attempts in a row, on this node, of a receiver that seems to be down, its breaker opens. */
    private static final int BROKEN_AFTER = 10;

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int MAX_TRIES = 5;

    private final DeliveryStore store;
    private final KnownDocuments documents;
    private final Registry registry;
    private final StoreClock clock;
    private final Announcer announcer;
    private final Writers writers;
    private final Outage outage;
    /** What attempts have changed and is not written yet, or being written, by webhook. */
    private final Map<String, List<Change>> unwritten = new ConcurrentHashMap<>();
    /** Failed attempts in a row, of webhooks that have any. */
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    /** The last change of a webhook's status to which the store gave no answer. */
    private final Map<String, Unanswered> unanswered = new ConcurrentHashMap<>();

    private final WebhookLog webhookLog = new WebhookLog();

    /**
     * Changes for one client.
     *
     * @param writers what writes those that attempts bring about: their rows may be locked by transactions of the application's,
     *     and neither claims nor records are to wait for that
     */
    StatusChanges(
            DeliveryStore store,
            KnownDocuments documents,
            Registry registry,
            StoreClock clock,
            Announcer announcer,
            Writers writers,
            Outage outage) {
        this.writers = writers;
        this.store = store;
        this.documents = documents;
        this.registry = registry;
        this.clock = clock;
        this.announcer = announcer;
        this.outage = outage;
    }

    /** Listeners are told first, then the webhook's state learns from it. */
    @Override
    public void recorded(
            Delivery delivery, List<Attempt> attempts, Verdict.Meaning meaning, boolean probe, Runnable learned) {
        attempts.forEach(attempt -> announcer.attempted(delivery, attempt));
        if (delivery.state() != DeliveryState.PENDING) {
            announcer.ended(delivery);
        }
        if (!attempts.isEmpty()) {
            attempted(delivery, attempts.get(attempts.size() - 1), meaning, probe, learned);
        }
    }

    /**
     * What an attempt that was recorded says of its webhook.
     *
     * @param meaning what it means
     * @param probe whether it was to show that the receiver is back
     * @param afterwards what to do once the status is written, or nothing is to be written
     */
    void attempted(Delivery delivery, Attempt attempt, Verdict.Meaning meaning, boolean probe, Runnable afterwards) {
        String id = delivery.webhookId();
        Optional<WebhookStatus> known = registry.status(id);
        if (known.isEmpty()) {
            failures.remove(id);
            afterwards.run();
            return;
        }
        boolean failed = failures.containsKey(id) || known.get().failingSince().isPresent();
        UnaryOperator<WebhookStatus> change = change(id, delivery, attempt, meaning, probe);
        if (!failed && failures.containsKey(id)) {
            registry.webhook(id)
                    .ifPresent(webhook -> webhookLog.failed(webhook, attempt, delivery.nextAttemptAt(), clock.now()));
        }
        // What is known may be about to change by an earlier attempt.
        if (unwritten.containsKey(id) || !change.apply(known.get()).equals(known.get())) {
            write(id, new Change(change, attempt, afterwards));
        } else {
            afterwards.run();
        }
    }

    /**
     * What an attempt changes.
     *
     * @param attempt which did
     * @param afterwards what to do once it is written
     */
    private record Change(UnaryOperator<WebhookStatus> change, Attempt attempt, Runnable afterwards) {}

    /**
     * A change that may have been stored, or not.
     *
     * @param version of the status, if it was
     */
    private record Unanswered(long version, WebhookStatus before, WebhookStatus after, Optional<Attempt> attempt) {}

    /** Writes a change soon, after those of the same webhook that came before. */
    private void write(String id, Change change) {
        List<Change> waiting = unwritten.compute(id, (key, before) -> {
            List<Change> changes = before == null ? new ArrayList<>() : new ArrayList<>(before);
            changes.add(change);
            return changes;
        });
        if (waiting.size() > 1) {
            return; // after the first
        }
        try {
            writers.execute(id, () -> writeAll(id));
        } catch (RejectedExecutionException e) {
            unwritten.remove(id);
            log.debug("closing; the next attempt on another node, or after the restart, brings the change about", e);
        } catch (RuntimeException | Error e) {
            List<Change> given = Objects.requireNonNullElse(unwritten.remove(id), List.of());
            failed("could not write the status of webhook " + id + "; its next attempt tries again", e);
            given.forEach(each -> done(id, each));
        }
    }

    /** Writes what is waiting; what comes meanwhile has its turn after other webhooks: this row may be locked for long. */
    private void writeAll(String id) {
        do {
            writeWaiting(id);
        } while (unwritten.containsKey(id) && !isHandedOver(id));
    }

    private boolean isHandedOver(String id) {
        try {
            writers.execute(id, () -> writeAll(id));
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            log.debug("closing, or no thread to be had: the status of webhook {} is written to its end", id, e);
            return false;
        }
    }

    private void writeWaiting(String id) {
        List<Change> changes = unwritten.getOrDefault(id, List.of());
        try {
            write(id, changes);
        } catch (RuntimeException | Error e) {
            failed("could not write the status of webhook " + id + "; its next attempt tries again", e);
        }
        changes.forEach(change -> done(id, change));
        unwritten.computeIfPresent(id, (key, all) -> without(all, changes.size()));
    }

    /** Of an outage of the store, which would be the same for all webhooks, at most one line. */
    private void failed(String what, Throwable e) {
        if (e instanceof StoreException store && store.isUnavailable()) {
            log.atLevel(outage.isUnderWay() ? Level.DEBUG : Level.WARN).log("{}: {}", what, e.getMessage());
            log.debug("{}", what, e);
        } else {
            log.warn("{}", what, e);
        }
    }

    /** Whatever happens, what comes later is written. */
    private static void done(String id, Change change) {
        try {
            change.afterwards.run();
        } catch (RuntimeException | Error e) {
            log.error("a step after a change of the status of webhook {} failed", id, e);
        }
    }

    private static @Nullable List<Change> without(List<Change> all, int first) {
        return all.size() == first ? null : new ArrayList<>(all.subList(first, all.size()));
    }

    private void write(String id, List<Change> changes) {
        Attempt last = changes.get(changes.size() - 1).attempt;
        UnaryOperator<WebhookStatus> all = status -> {
            WebhookStatus changed = status;
            for (Change each : changes) {
                changed = each.change.apply(changed);
            }
            return changed;
        };
        apply(id, all, Optional.of(last));
    }

    /** The webhook was removed. */
    void removed(String id) {
        forget(id);
        unanswered.remove(id);
    }

    /** Its receiver is back: failures in a row are counted from zero. */
    void forget(String id) {
        failures.remove(id);
        webhookLog.forget(id);
    }

    private UnaryOperator<WebhookStatus> change(
            String id, Delivery delivery, Attempt attempt, Verdict.Meaning meaning, boolean probe) {
        Instant now = clock.now();
        switch (meaning) {
            case DELIVERED -> {
                failures.remove(id);
                return WebhookStatus::succeeded;
            }
            case GONE -> {
                return status -> status.disabled(DisabledReason.GONE);
            }
            case FAILED, DENIED, INVALID -> {
                int inARow = failures.merge(id, 1, Integer::sum);
                boolean repeatedly = inARow >= FAILING_AFTER || delivery.state() == DeliveryState.EXHAUSTED;
                boolean down = seemsDown(attempt, meaning);
                return status -> {
                    WebhookStatus failed = status.failed(now, repeatedly);
                    boolean open = status.breaker().isOpen();
                    if (probe && open) {
                        return down ? failed.broken(now) : failed.mended();
                    }
                    return down && inARow >= BROKEN_AFTER && !open ? failed.broken(now) : failed;
                };
            }
            case OURS -> {
                return UnaryOperator.identity();
            }
        }
        throw new IllegalStateException("unknown meaning of " + attempt);
    }

    /** Not if it answers that it does not like the request. */
    private static boolean seemsDown(Attempt attempt, Verdict.Meaning meaning) {
        int status = attempt.status().orElse(0);
        return meaning == Verdict.Meaning.FAILED
                && (attempt.failure().isPresent() || status >= 500 || status == TOO_MANY_REQUESTS);
    }

    /**
     * Finds out whether this node, and no other, is to try whether a receiver is back.
     *
     * @param answered told so, by another thread
     */
    void probe(String id, Duration lease, Consumer<Boolean> answered) {
        try {
            writers.execute(id, () -> {
                boolean won = false;
                try {
                    won = probe(id, lease);
                } finally {
                    answered.accept(won);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("closing", e);
        }
    }

    private boolean probe(String id, Duration lease) {
        Instant now = clock.now();
        boolean[] won = new boolean[1];
        try {
            apply(id, status -> {
                WebhookStatus probed = status.probed(now, lease);
                won[0] = !probed.equals(status);
                return probed;
            });
            return won[0];
        } catch (RuntimeException e) {
            failed("could not try whether the receiver of webhook " + id + " is back; it is tried again", e);
            return false;
        }
    }

    /**
     * Changes what is stored.
     *
     * @return the webhook as it is stored then; empty if there is none
     */
    Optional<Document> apply(String id, UnaryOperator<WebhookStatus> change) {
        return apply(id, change, Optional.empty());
    }

    private Optional<Document> apply(String id, UnaryOperator<WebhookStatus> change, Optional<Attempt> attempt) {
        for (int i = 0; i < MAX_TRIES; i++) {
            Optional<Document> stored = store.documents().find(DocumentKind.WEBHOOK, id);
            if (stored.isEmpty()) {
                return stored;
            }
            if (unanswered.containsKey(id)) {
                documents.found(stored.get()); // which tells of it, if it was stored, before it is changed again
            }
            WebhookStatus before = WebhookStatus.read(stored.get());
            WebhookStatus after = change.apply(before);
            if (after.equals(before)) {
                documents.found(stored.get());
                return stored;
            }
            Optional<Document> saved =
                    save(stored.get(), new Unanswered(stored.get().statusVersion() + 1, before, after, attempt));
            if (saved.isPresent()) {
                if (store.callersTransaction().isEmpty()) { // or else nobody knows whether it will be committed
                    tookEffect(WebhookDocument.read(saved.get()), before, attempt);
                }
                return saved;
            }
        }
        throw new StaleWebhookException("others are changing webhook " + id + " at the same moment; try again");
    }

    private Optional<Document> save(Document stored, Unanswered change) {
        String status = change.after.writeOver(stored.status());
        if (store.callersTransaction().isPresent()) {
            return documents.saveStatus(stored, status);
        }
        String id = stored.id();
        Unanswered unsure = unanswered.remove(id); // if this one is stored, that one was not
        Optional<Document> saved = Optional.empty();
        try {
            saved = documents.saveStatus(stored, status);
            return saved;
        } catch (StoreException e) {
            unsure = e.isUnavailable() ? change : unsure;
            throw e;
        } finally {
            if (saved.isEmpty() && unsure != null) {
                unanswered.put(id, unsure);
                if (!registry.show(id)) { // it may have been seen before
                    unanswered.remove(id);
                }
            }
        }
    }

    /**
     * How a webhook is stored. If that is what a change without an answer was to make of it, the change did take effect.
     *
     * @param version of its status
     */
    void seen(WebhookSettings webhook, long version) {
        Unanswered change = unanswered.get(webhook.id());
        if (change == null || version < change.version || !unanswered.remove(webhook.id(), change)) {
            return;
        }
        if (version == change.version && webhook.status().isStoredAs(change.after)) {
            tookEffect(webhook, change.before, change.attempt);
        }
    }

    private void tookEffect(WebhookSettings webhook, WebhookStatus before, Optional<Attempt> attempt) {
        if (webhook.status().failingSince().isEmpty()) {
            failures.remove(webhook.id()); // a clean slate
        }
        if (webhook.status().differsVisiblyFrom(before)) {
            webhookLog.changed(webhook, before, attempt);
            announcer.changed(webhook);
        }
    }
}
