package io.github.webhooks4j;

import io.github.webhooks4j.DeliveryStore.WebhookRow;
import java.util.List;
import java.util.Optional;

/** Stores, changes and removes webhooks. */
final class WebhookAdministration {
    private static final int CANCEL_CHUNK = 500;
    private static final int MAX_TRIES = 5;

    private final DeliveryStore store;
    private final Registry registry;
    private final WebhookRules rules;
    private final Announcer announcer;

    WebhookAdministration(DeliveryStore store, Registry registry, WebhookRules rules, Announcer announcer) {
        this.store = store;
        this.registry = registry;
        this.rules = rules;
        this.announcer = announcer;
    }

    List<Problem> check(WebhookSettings webhook) {
        return rules.check(
                webhook, !rules.isId(webhook.id()) || stored(webhook.id()).isEmpty());
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
        List<Problem> problems = rules.check(webhook, before.isEmpty());
        if (!problems.isEmpty()) {
            throw new InvalidWebhookException(problems);
        }
        long version = before.map(WebhookSettings::version).orElse(0L);
        if (webhook.version() != 0 && webhook.version() != version) {
            throw stale(webhook);
        }
        before.filter(stored -> !stored.tenant().equals(webhook.tenant())).ifPresent(stored -> {
            throw new InvalidWebhookException(List.of(new Problem(
                    "tenant", "tenant.changed", "of a webhook cannot be changed; register another webhook instead")));
        });
        WebhookSettings.Draft draft =
                webhook.toBuilder().stored(before.map(WebhookSettings::state).orElse(Webhook.State.ACTIVE), version);
        if (!webhook.choosesSigners()) {
            before.ifPresent(stored -> draft.signers(stored.signers()));
        }
        if (!webhook.choosesTls()) {
            before.ifPresent(stored -> draft.tls(stored.tls()));
        }
        Optional<WebhookRow> saved = store.saveWebhook(WebhookDocument.write(draft.build()));
        saved.ifPresent(registry::put);
        return saved.map(WebhookDocument::read);
    }

    private static StaleWebhookException stale(WebhookSettings webhook) {
        return new StaleWebhookException("webhook " + webhook.id() + " was changed or removed since version "
                + webhook.version() + " was read; read it again and repeat the change");
    }

    Optional<Webhook> find(String id) {
        return stored(id).map(webhook -> webhook);
    }

    private Optional<WebhookSettings> stored(String id) {
        return store.findWebhook(id).map(WebhookDocument::read);
    }

    Page<Webhook> list(WebhookQuery query) {
        List<WebhookRow> rows = store.listWebhooks(query.tenant(), query.after(), query.limit() + 1);
        boolean more = rows.size() > query.limit();
        List<WebhookRow> page = more ? rows.subList(0, query.limit()) : rows;
        return new Page<>(
                page.stream().map(row -> (Webhook) WebhookDocument.read(row)).toList(),
                more ? Optional.of(page.get(page.size() - 1).id()) : Optional.empty());
    }

    /** Removes first, so that nothing is added, and cancels then. */
    boolean remove(String id) {
        boolean removed = store.removeWebhook(id);
        if (removed) {
            registry.removed(id);
            List<Delivery> canceled;
            do {
                canceled = store.cancel(id, CANCEL_CHUNK);
                canceled.forEach(announcer::ended);
            } while (canceled.size() == CANCEL_CHUNK);
        }
        return removed;
    }
}
