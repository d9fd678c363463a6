package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.machine.StoreClock;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.CallersTransaction;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import io.github.webhooks4j.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores, changes and removes webhooks. */
final class WebhookAdministration {
    private static final Logger log = LoggerFactory.getLogger(WebhookAdministration.class);
    private static final int CANCEL_CHUNK = 500;
    private static final int MAX_TRIES = 5;

    private final DeliveryStore store;
    private final Registry registry;
    private final WebhookRules rules;
    private final Announcer announcer;
    private final StatusChanges statuses;
    private final StoreClock clock;
    private final Executor background;

    WebhookAdministration(
            DeliveryStore store,
            Registry registry,
            WebhookRules rules,
            Announcer announcer,
            StatusChanges statuses,
            StoreClock clock,
            Executor background) {
        this.store = store;
        this.registry = registry;
        this.rules = rules;
        this.announcer = announcer;
        this.statuses = statuses;
        this.clock = clock;
        this.background = background;
    }

    /** The webhook with what it does not set taken from the stored one of its id and tenant, if there is one. */
    WebhookSettings completed(WebhookSettings webhook) {
        Optional<WebhookSettings> before = rules.isId(webhook.id()) ? stored(webhook.id()) : Optional.empty();
        return resolved(before.filter(each -> each.tenant().equals(webhook.tenant()))
                .map(webhook::over)
                .orElse(webhook));
    }

    /** The webhook with the signers that it shares with others, as the store has them. */
    private WebhookSettings resolved(WebhookSettings webhook) {
        return webhook.withShared(name -> !rules.isSignerName(name)
                ? Optional.empty()
                : store.findSigner(webhook.tenant(), name).map(SignerDocument::read));
    }

    List<Problem> check(WebhookSettings webhook) {
        Optional<WebhookSettings> before = rules.isId(webhook.id()) ? stored(webhook.id()) : Optional.empty();
        return problems(webhook, before);
    }

    /** What is wrong with a webhook that is to be stored over this one, of which it shows nothing to another tenant. */
    private List<Problem> problems(WebhookSettings webhook, Optional<WebhookSettings> before) {
        if (before.filter(stored -> !stored.tenant().equals(webhook.tenant())).isEmpty()) {
            WebhookSettings merged = resolved(before.map(webhook::over).orElse(webhook));
            List<Problem> problems = new ArrayList<>(rules.check(merged, before.isEmpty()));
            before.ifPresent(stored -> problems.addAll(rules.checkKept(merged, stored)));
            return problems;
        }
        List<Problem> problems = new ArrayList<>(rules.check(resolved(webhook), true));
        problems.add(new Problem(
                "tenant", "tenant.changed", "of a webhook cannot be changed; register another webhook instead"));
        return problems;
    }

    /** Inserts or updates, whichever it takes; somebody else may do the same at the same moment. */
    WebhookSettings register(WebhookSettings webhook) {
        if (!rules.isId(webhook.id())) {
            throw new InvalidWebhookException(rules.check(webhook, true));
        }
        for (int i = 0; i < MAX_TRIES; i++) {
            Optional<WebhookSettings> before = stored(webhook.id());
            Optional<WebhookSettings> saved = save(webhook, before);
            if (saved.isPresent()) {
                return saved.get();
            }
        }
        throw new StaleWebhookException("webhook " + webhook.id()
                + " could not be stored: it is being changed by others, or it was removed less than a day ago, in which"
                + " case another id will do");
    }

    WebhookSettings update(WebhookSettings webhook) {
        if (!rules.isId(webhook.id())) {
            throw new InvalidWebhookException(rules.check(webhook, false));
        }
        Optional<WebhookSettings> before = stored(webhook.id());
        if (before.isEmpty()) {
            throw new StaleWebhookException(
                    "webhook " + webhook.id() + " does not exist; it was removed, or never registered");
        }
        return save(webhook, before).orElseThrow(() -> stale(webhook));
    }

    private Optional<WebhookSettings> save(WebhookSettings webhook, Optional<WebhookSettings> before) {
        WebhookSettings merged = before.map(webhook::over).orElseGet(() -> asNew(webhook));
        List<Problem> problems = problems(webhook, before);
        if (!problems.isEmpty()) {
            rules.tellOperator(webhook);
            throw new InvalidWebhookException(problems);
        }
        long version = before.map(WebhookSettings::version).orElse(0L);
        if (webhook.version() != 0 && webhook.version() != version) {
            throw stale(webhook);
        }
        WebhookSettings canonical =
                merged.toBuilder().url(rules.canonicalUrl(merged)).build();
        Optional<WebhookRow> saved = store.saveWebhook(WebhookDocument.write(canonical));
        saved.ifPresent(row -> changed(row.id(), () -> registry.put(row)));
        return saved.map(WebhookDocument::read);
    }

    private static WebhookSettings asNew(WebhookSettings webhook) {
        return webhook.toBuilder().stored(WebhookStatus.NEW, 0).build();
    }

    private static StaleWebhookException stale(WebhookSettings webhook) {
        return new StaleWebhookException("webhook " + webhook.id() + " was changed or removed since version "
                + webhook.version() + " was read; read it again and repeat the change");
    }

    Optional<Webhook> find(String id) {
        return !rules.isId(id) ? Optional.empty() : stored(id).map(webhook -> webhook);
    }

    private Optional<WebhookSettings> stored(String id) {
        return store.findWebhook(id).map(WebhookDocument::read);
    }

    Page<Webhook> list(WebhookQuery query) {
        if (query.after().indexOf('\0') >= 0 || query.tenant().orElse("").indexOf('\0') >= 0) {
            return new Page<>(List.of(), Optional.empty()); // which some databases take for an error
        }
        List<WebhookRow> rows = store.listWebhooks(query.tenant(), query.after(), query.limit() + 1);
        boolean more = rows.size() > query.limit();
        List<WebhookRow> page = more ? rows.subList(0, query.limit()) : rows;
        return new Page<>(
                page.stream().map(row -> (Webhook) WebhookDocument.read(row)).toList(),
                more ? Optional.of(page.get(page.size() - 1).id()) : Optional.empty());
    }

    // ---- states

    Webhook pause(String id) {
        return change(id, WebhookStatus::paused);
    }

    /** Disables first, so that nothing is added, and cancels then. */
    Webhook disable(String id) {
        Webhook disabled = change(id, status -> status.disabled(Webhook.DisabledReason.MANUAL));
        if (store.callersTransaction().isEmpty()) {
            cancelPending(id);
        }
        return disabled;
    }

    /** Cancels first, while nothing is sent. */
    Webhook resume(String id, WebhookClient.Backlog backlog) {
        if (backlog == WebhookClient.Backlog.DISCARD && rules.isId(id) && holds(id)) {
            if (store.callersTransaction().isPresent()) {
                throw new IllegalStateException(
                        "what was held cannot be discarded within a transaction of the caller's;" + " resume webhook "
                                + id + " outside of it");
            }
            discard(id);
        }
        return change(id, status -> status.resumed(clock.now()));
    }

    private Webhook change(String id, UnaryOperator<WebhookStatus> change) {
        Optional<WebhookRow> changed = rules.isId(id) ? statuses.apply(id, change) : Optional.empty();
        WebhookRow row = changed.orElseThrow(() ->
                new StaleWebhookException("webhook " + id + " does not exist; it was removed, or never registered"));
        store.callersTransaction().ifPresent(joined -> joined.afterCommit(() -> refreshSoon(id)));
        return WebhookDocument.read(row);
    }

    /** Removes first, so that nothing is added, and cancels then. */
    boolean remove(String id) {
        boolean removed = rules.isId(id) && store.removeWebhook(id);
        if (removed) {
            changed(id, () -> {
                registry.removed(id);
                cancelPending(id);
            });
        }
        return removed;
    }

    /** Cancels what is pending, until somebody resumes the webhook or registers it anew: what comes then is for it. */
    private void cancelPending(String id) {
        boolean more = true;
        while (more && !WebhookStatus.isKept(store, id)) {
            more = cancelSome(id);
        }
    }

    /** Cancels what is held, until somebody else resumes the webhook: what comes then is for it. */
    private void discard(String id) {
        boolean more = true;
        while (more && holds(id)) {
            more = cancelSome(id);
        }
    }

    private boolean holds(String id) {
        return stored(id).filter(webhook -> webhook.status().holds()).isPresent();
    }

    private boolean cancelSome(String id) {
        List<Delivery> canceled = store.cancel(id, CANCEL_CHUNK);
        canceled.forEach(announcer::ended);
        return canceled.size() == CANCEL_CHUNK;
    }

    /** Lets a change take effect on this node; one in the caller's transaction, when the store shows it as committed. */
    private void changed(String id, Runnable takeEffect) {
        Optional<CallersTransaction> joined = store.callersTransaction();
        if (joined.isPresent()) {
            joined.get().afterCommit(() -> refreshSoon(id));
        } else {
            takeEffect.run();
        }
    }

    /** What the store shows of a webhook that may have been changed, however long ago, in a transaction that has ended now. */
    private void seen(String id) {
        try {
            Optional<WebhookRow> row = store.findWebhook(id);
            if (row.isPresent()) {
                registry.put(row.get());
                if (!WebhookStatus.read(row.get()).isKept()) {
                    cancelPending(id);
                }
            } else if (registry.knows(id)) {
                registry.removed(id);
                cancelPending(id);
            }
        } catch (StoreException e) {
            log.warn("the change of webhook {} is seen here later", id, e);
        }
    }

    private void refreshSoon(String id) {
        try {
            background.execute(() -> seen(id));
        } catch (RejectedExecutionException e) {
            log.debug("closed before the change of webhook {} was seen here; other nodes see it", id);
        }
    }
}
