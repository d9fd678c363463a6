package io.github.webhooks4j;

import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Stores, changes and removes the signers that many webhooks of one tenant use. */
final class SignerAdministration implements Signers {
    private static final int PAGE = 1000;
    private static final int SHOWN = 5;
    private static final int MAX_TRIES = 20;

    private final Optional<String> tenant;
    private final DeliveryStore store;
    private final KnownDocuments documents;
    private final WebhookRules rules;

    SignerAdministration(Optional<String> tenant, DeliveryStore store, KnownDocuments documents, WebhookRules rules) {
        this.tenant = tenant;
        this.store = store;
        this.documents = documents;
        this.rules = rules;
    }

    @Override
    public void save(String name, Signer signer) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(signer, "signer");
        check(name, signer);
        for (int i = 0; i < MAX_TRIES; i++) { // what is saved last counts: others may do so at the same moment
            Optional<Document> stored = document(name);
            if (stored.filter(each -> keeps(each, signer)).isPresent()) {
                stored.ifPresent(documents::found);
                return;
            }
            if (save(name, stored, signer)) {
                return;
            }
        }
        throw new StaleWebhookException(
                "could not save the shared signer " + name + ": others saved or removed it since"
                        + " this transaction began, and the transaction does not see that; roll it back and repeat it");
    }

    /** Whether the signer sets nothing new: it has a secret of the one that is stored, perhaps from before a rotation. */
    private static boolean keeps(Document document, Signer signer) {
        Signer stored = SignerDocument.read(document);
        return StoredSigner.over(signer, stored).equals(stored);
    }

    private void check(String name, Signer signer) {
        List<Problem> problems = rules.checkShared(tenant, name, signer);
        if (problems.isEmpty() && setsOtherHeaders(name, signer)) {
            problems = conflicts(name, signer);
        }
        if (!problems.isEmpty()) {
            throw new InvalidWebhookException(problems);
        }
    }

    /** Tells whether it was saved: unless somebody else has changed, removed or stored it since this was read. */
    private boolean save(String name, Optional<Document> stored, Signer signer) {
        long version = stored.map(Document::version).orElse(0L);
        return documents
                .save(SignerDocument.write(tenant, name, version, signer), stored)
                .isPresent();
    }

    private boolean setsOtherHeaders(String name, Signer signer) {
        Set<String> before = stored(name)
                .map(SignerDocument::read)
                .map(StoredSigner::headerNames)
                .orElse(Set.of());
        return !before.equals(StoredSigner.headerNames(signer));
    }

    /** The headers of this signer that a webhook which uses it has from elsewhere. */
    private List<Problem> conflicts(String name, Signer signer) {
        List<Problem> problems = new ArrayList<>();
        for (WebhookSettings webhook : users(
                name,
                webhook -> !rules.checkHeaders(resolved(webhook, name, signer)).isEmpty())) {
            problems.add(new Problem(
                    "signer",
                    "signer.conflict",
                    "sets a header that webhook " + webhook.id() + ", which uses it, has already or must not have"));
        }
        return problems;
    }

    private WebhookSettings resolved(WebhookSettings webhook, String name, Signer signer) {
        return webhook.withShared(
                each -> each.equals(name) ? Optional.of(signer) : stored(each).map(SignerDocument::read));
    }

    /** Others may change the signer at the same moment: it is read again then. */
    @Override
    public Secret rotateSecret(String name, Duration grace) {
        Objects.requireNonNull(grace, "grace");
        for (int i = 0; i < MAX_TRIES; i++) {
            Document before = document(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the tenant has no shared signer of this name; save it first"));
            Signer signer = SignerDocument.read(before);
            Secret next = nextSecret(name, signer);
            Signer rotated = StoredSigner.rotated(signer, next, store.now(), grace);
            check(name, rotated);
            if (save(name, Optional.of(before), rotated)) {
                return next;
            }
        }
        throw new StaleWebhookException("could not rotate the shared signer " + name
                + ": others are changing it at the same moment; try again");
    }

    private static Secret nextSecret(String name, Signer before) {
        if (before instanceof UnreadableSigner) {
            throw new InvalidWebhookException(List.of(new Problem(
                    "signer",
                    "signer.unreadable",
                    "cannot be read on this node, because the key of its secrets is missing or a newer version stored it;"
                            + " rotate it on a node that can read it, or save it again")));
        }
        return StoredSigner.freshSecret(before)
                .orElseThrow(() -> new IllegalArgumentException("the shared signer " + name
                        + " is not a Standard Webhooks or HMAC signer; set what the receiver gave you, such as a token,"
                        + " with save"));
    }

    @Override
    public boolean remove(String name) {
        Objects.requireNonNull(name, "name");
        if (find(name).isEmpty()) {
            return false;
        }
        List<String> users =
                users(name, webhook -> true).stream().map(WebhookSettings::id).toList();
        if (!users.isEmpty()) {
            throw new IllegalStateException("webhooks use the shared signer " + name + ", such as "
                    + String.join(", ", users) + "; give them another signer first");
        }
        return documents.remove(DocumentKind.SIGNER, SignerDocument.id(tenant, name));
    }

    @Override
    public Optional<Stored> find(String name) {
        return document(name).map(SignerAdministration::shown);
    }

    private Optional<Document> document(String name) {
        Objects.requireNonNull(name, "name");
        return rules.isTenant(tenant) && rules.isSignerName(name) ? stored(name) : Optional.empty();
    }

    private Optional<Document> stored(String name) {
        return store.documents().find(DocumentKind.SIGNER, SignerDocument.id(tenant, name));
    }

    @Override
    public List<Stored> list() {
        if (!rules.isTenant(tenant)) {
            return List.of();
        }
        List<Stored> all = new ArrayList<>();
        List<Document> page = page(DocumentKind.SIGNER, "");
        while (!page.isEmpty()) {
            page.forEach(each -> all.add(shown(each)));
            page = page(DocumentKind.SIGNER, page.get(page.size() - 1).id());
        }
        return List.copyOf(all);
    }

    private static Stored shown(Document document) {
        Signer signer = SignerDocument.read(document);
        String kind = signer instanceof UnreadableSigner unreadable
                ? unreadable.kind()
                : StoredSigner.of(signer).orElseThrow().kind();
        return new Stored(SignerDocument.name(document), kind, !(signer instanceof UnreadableSigner));
    }

    /** Some of the webhooks that use the signer and are like this. */
    private List<WebhookSettings> users(String name, Predicate<WebhookSettings> filter) {
        List<WebhookSettings> users = new ArrayList<>();
        List<Document> page = page(DocumentKind.WEBHOOK, "");
        while (!page.isEmpty() && users.size() < SHOWN) {
            page.stream()
                    .map(WebhookDocument::read)
                    .filter(webhook -> webhook.sharedNames().contains(name) && filter.test(webhook))
                    .limit(SHOWN - users.size())
                    .forEach(users::add);
            page = page(DocumentKind.WEBHOOK, page.get(page.size() - 1).id());
        }
        return users;
    }

    private List<Document> page(DocumentKind kind, String after) {
        return store.documents().list(kind, TenantScope.of(tenant), after, PAGE);
    }
}
