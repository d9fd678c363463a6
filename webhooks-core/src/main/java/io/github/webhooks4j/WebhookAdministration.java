package io.github.webhooks4j;

import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.settings.Quoted;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.TenantScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Stores, changes and removes webhooks in the scope that it was made for: those outside are not found. Whose a webhook is never changes,
 * and its id is free again only a day after it was removed; so what was found in the scope is in it when it is changed.
 */
final class WebhookAdministration {
    private static final int MAX_TRIES = 5;

    private final DeliveryStore store;
    private final KnownDocuments documents;
    private final WebhookRules rules;
    private final StatusChanges statuses;
    private final TenantScope scope;

    /** For all webhooks. */
    WebhookAdministration(DeliveryStore store, KnownDocuments documents, WebhookRules rules, StatusChanges statuses) {
        this(store, documents, rules, statuses, TenantScope.ALL);
    }

    private WebhookAdministration(
            DeliveryStore store,
            KnownDocuments documents,
            WebhookRules rules,
            StatusChanges statuses,
            TenantScope scope) {
        this.scope = scope;
        this.store = store;
        this.documents = documents;
        this.rules = rules;
        this.statuses = statuses;
    }

    /** The same for the webhooks in this scope. */
    WebhookAdministration within(TenantScope narrower) {
        return new WebhookAdministration(store, documents, rules, statuses, narrower);
    }

    /** The webhook with what it does not set taken from the stored one of its id and tenant, if there is one. */
    WebhookSettings completed(WebhookSettings webhook) {
        Optional<WebhookSettings> before = rules.isId(webhook.id()) ? stored(webhook.id()) : Optional.empty();
        return resolved(before.filter(each -> each.tenant().equals(webhook.tenant()))
                .map(webhook::over)
                .orElse(webhook));
    }

    /**
     * The stored webhook with the signers that it shares with others, as the store has them.
     *
     * @throws StaleWebhookException if there is none with this id
     */
    WebhookSettings resolved(String id) {
        Optional<WebhookSettings> webhook = rules.isId(id) ? stored(id) : Optional.empty();
        return resolved(webhook.orElseThrow(() -> missing(id)));
    }

    /** The webhook with the signers that it shares with others, as the store has them. */
    private WebhookSettings resolved(WebhookSettings webhook) {
        return webhook.withShared(name -> !rules.isSignerName(name)
                ? Optional.empty()
                : store.documents()
                        .find(DocumentKind.SIGNER, SignerDocument.id(webhook.tenant(), name))
                        .map(SignerDocument::read));
    }

    List<Problem> check(WebhookSettings webhook) {
        return problems(
                webhook,
                rules.isId(webhook.id()) ? anybodys(webhook.id()).map(WebhookDocument::read) : Optional.empty());
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
        if (scope.everything()) {
            problems.add(new Problem(
                    "tenant",
                    "tenant.changed",
                    "of a webhook cannot be changed; register another webhook for that tenant"));
        } else {
            problems.add(
                    0, new Problem("id", "id.taken", "is taken; choose another, or leave it out to get a new one"));
        }
        return problems;
    }

    /** Inserts or updates, whichever it takes; somebody else may do the same at the same moment. */
    WebhookSettings register(WebhookSettings webhook) {
        if (!rules.isId(webhook.id())) {
            throw new InvalidWebhookException(rules.check(webhook, true));
        }
        for (int i = 0; i < MAX_TRIES; i++) {
            Optional<WebhookSettings> saved = save(webhook, anybodys(webhook.id()));
            if (saved.isPresent()) {
                return saved.get();
            }
        }
        throw new StaleWebhookException("could not store webhook " + webhook.id()
                + ": it was removed less than a day ago, or others are changing it at the same moment; use another id, or"
                + " try again, in a transaction of yours by repeating it");
    }

    WebhookSettings update(WebhookSettings webhook) {
        if (!rules.isId(webhook.id())) {
            throw new InvalidWebhookException(rules.check(webhook, false));
        }
        Optional<Document> before = document(webhook.id());
        if (before.isEmpty()) {
            throw missing(webhook.id());
        }
        return save(webhook, before).orElseThrow(() -> stale(webhook));
    }

    private Optional<WebhookSettings> save(WebhookSettings webhook, Optional<Document> stored) {
        Optional<WebhookSettings> before = stored.map(WebhookDocument::read);
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
        return documents.save(WebhookDocument.write(canonical), stored).map(WebhookDocument::read);
    }

    private static WebhookSettings asNew(WebhookSettings webhook) {
        return webhook.toBuilder().stored(WebhookStatus.NEW, 0).build();
    }

    private static StaleWebhookException stale(WebhookSettings webhook) {
        return new StaleWebhookException("somebody changed or removed webhook " + webhook.id() + " since version "
                + webhook.version() + " was read; read it again with find, and repeat the change");
    }

    static StaleWebhookException missing(String id) {
        return new StaleWebhookException("there is no webhook " + Quoted.of(id)
                + ": it was never registered, or it was removed; check the id, or register the webhook");
    }

    Optional<Webhook> find(String id) {
        return !rules.isId(id) ? Optional.empty() : stored(id).map(webhook -> webhook);
    }

    private Optional<WebhookSettings> stored(String id) {
        return document(id).map(WebhookDocument::read);
    }

    private Optional<Document> document(String id) {
        return anybodys(id).filter(document -> scope.includes(document.tenant()));
    }

    /** Also if it is outside of the scope, to keep a webhook from taking its place. */
    private Optional<Document> anybodys(String id) {
        return store.documents().find(DocumentKind.WEBHOOK, id);
    }

    Page<Webhook> list(WebhookQuery query) {
        if (query.after().indexOf('\0') >= 0 || query.tenant().orElse("").indexOf('\0') >= 0) {
            return new Page<>(List.of(), Optional.empty()); // which some databases take for an error
        }
        Optional<TenantScope> asked = scope.narrowedTo(query.tenant());
        if (asked.isEmpty()) {
            return new Page<>(List.of(), Optional.empty());
        }
        List<Document> rows =
                store.documents().list(DocumentKind.WEBHOOK, asked.get(), query.after(), query.limit() + 1);
        boolean more = rows.size() > query.limit();
        List<Document> page = more ? rows.subList(0, query.limit()) : rows;
        return new Page<>(
                page.stream().map(row -> (Webhook) WebhookDocument.read(row)).toList(),
                more ? Optional.of(page.get(page.size() - 1).id()) : Optional.empty());
    }

    // ---- states

    Webhook pause(String id) {
        return change(id, WebhookStatus::paused);
    }

    /** Nothing is added from then on; what is pending is canceled little by little. */
    Webhook disable(String id) {
        return change(id, status -> status.disabled(Webhook.DisabledReason.MANUAL));
    }

    /** What is to be discarded was stored before this moment of the store's clock, and what comes from now on was not. */
    Webhook resume(String id, WebhookClient.Backlog backlog) {
        Instant now = store.now();
        return change(id, status -> status.resumed(now, backlog));
    }

    private Webhook change(String id, UnaryOperator<WebhookStatus> change) {
        Optional<Document> changed = isInScope(id) ? statuses.apply(id, change) : Optional.empty();
        return changed.map(WebhookDocument::read).orElseThrow(() -> missing(id));
    }

    /** Nothing is added from then on; what is pending is canceled little by little. */
    boolean remove(String id) {
        return isInScope(id) && documents.remove(DocumentKind.WEBHOOK, id);
    }

    private boolean isInScope(String id) {
        return rules.isId(id) && (scope.everything() || document(id).isPresent());
    }
}
