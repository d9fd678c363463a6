package io.github.webhooks4j;

import io.github.webhooks4j.settings.UnreadableSigner;
import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.CallersTransaction;
import io.github.webhooks4j.store.DeliveryStore.SignerRow;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import io.github.webhooks4j.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores, changes and removes the signers that many webhooks of one tenant use. */
final class SignerAdministration implements Signers {
    private static final Logger log = LoggerFactory.getLogger(SignerAdministration.class);
    private static final int PAGE = 1000;
    private static final int SHOWN = 5;
    private static final int MAX_TRIES = 5;
    private static final long ANY_VERSION = 0;

    private final Optional<String> tenant;
    private final DeliveryStore store;
    private final SharedSigners shared;
    private final WebhookRules rules;
    private final Executor background;

    SignerAdministration(
            Optional<String> tenant,
            DeliveryStore store,
            SharedSigners shared,
            WebhookRules rules,
            Executor background) {
        this.tenant = tenant;
        this.store = store;
        this.shared = shared;
        this.rules = rules;
        this.background = background;
    }

    @Override
    public void save(String name, Signer signer) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(signer, "signer");
        check(name, signer);
        if (!keeps(name, signer) && !save(name, ANY_VERSION, signer)) {
            throw new StaleWebhookException(
                    "the shared signer " + name + " could not be saved: others saved or removed it"
                            + " since this transaction began, which does not see that; roll it back and repeat it");
        }
    }

    /** Whether the signer sets nothing anew: it has a secret of the one that is stored, perhaps from before a rotation. */
    private boolean keeps(String name, Signer signer) {
        Optional<SignerRow> kept = row(name).filter(row -> {
            Signer stored = SignerDocument.read(row);
            return StoredSigner.over(signer, stored).equals(stored);
        });
        kept.ifPresent(row -> changed(name, () -> shared.put(row)));
        return kept.isPresent();
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

    /** Tells whether it was saved: unless somebody else has changed or removed it since it had this version. */
    private boolean save(String name, long version, Signer signer) {
        Optional<SignerRow> saved = store.saveSigner(SignerDocument.row(tenant, name, version, signer));
        saved.ifPresent(row -> changed(name, () -> shared.put(row)));
        return saved.isPresent();
    }

    private boolean setsOtherHeaders(String name, Signer signer) {
        Set<String> before = store.findSigner(tenant, name)
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
                    "sets a header that webhook " + webhook.id() + ", which uses it, has already or cannot have"));
        }
        return problems;
    }

    private WebhookSettings resolved(WebhookSettings webhook, String name, Signer signer) {
        return webhook.withShared(each -> each.equals(name)
                ? Optional.of(signer)
                : store.findSigner(tenant, each).map(SignerDocument::read));
    }

    /** Others may change the signer at the same moment: it is read again then. */
    @Override
    public Secret rotateSecret(String name, Duration grace) {
        Objects.requireNonNull(grace, "grace");
        for (int i = 0; i < MAX_TRIES; i++) {
            SignerRow before = row(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no shared signer is stored under this name for the tenant; save it first"));
            Signer signer = SignerDocument.read(before);
            Secret next = nextSecret(name, signer);
            Signer rotated = StoredSigner.rotated(signer, next, store.now(), grace);
            check(name, rotated);
            if (save(name, before.version(), rotated)) {
                return next;
            }
        }
        throw new StaleWebhookException(
                "the shared signer " + name + " could not be rotated: it is being changed by others; try it again");
    }

    private static Secret nextSecret(String name, Signer before) {
        if (before instanceof UnreadableSigner) {
            throw new InvalidWebhookException(List.of(new Problem(
                    "signer",
                    "signer.unreadable",
                    "cannot be read here, since the key of its secrets is missing or a newer version stored it; rotate it"
                            + " where it can be read, or save it anew")));
        }
        return StoredSigner.freshSecret(before)
                .orElseThrow(() -> new IllegalArgumentException("the shared signer " + name
                        + " is no Standard Webhooks or HMAC signer; what the receiver gave, such as a token, is changed"
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
            throw new IllegalStateException("the shared signer " + name + " is used by webhooks, such as "
                    + String.join(", ", users) + "; give them another signer first");
        }
        boolean removed = store.removeSigner(tenant, name);
        changed(name, () -> shared.removed(tenant, name));
        return removed;
    }

    @Override
    public Optional<Stored> find(String name) {
        return row(name).map(SignerAdministration::shown);
    }

    private Optional<SignerRow> row(String name) {
        Objects.requireNonNull(name, "name");
        return rules.isTenant(tenant) && rules.isSignerName(name) ? store.findSigner(tenant, name) : Optional.empty();
    }

    @Override
    public List<Stored> list() {
        if (!rules.isTenant(tenant)) {
            return List.of();
        }
        return store.listSigners(tenant).stream()
                .map(SignerAdministration::shown)
                .toList();
    }

    private static Stored shown(SignerRow row) {
        Signer signer = SignerDocument.read(row);
        String kind = signer instanceof UnreadableSigner unreadable
                ? unreadable.kind()
                : StoredSigner.of(signer).orElseThrow().kind();
        return new Stored(row.name(), kind, !(signer instanceof UnreadableSigner));
    }

    /** Some of the webhooks that use the signer and are like this. */
    private List<WebhookSettings> users(String name, Predicate<WebhookSettings> filter) {
        List<WebhookSettings> users = new ArrayList<>();
        List<WebhookRow> page = store.listWebhooks(tenant, "", PAGE);
        while (!page.isEmpty() && users.size() < SHOWN) {
            page.stream()
                    .filter(row -> row.tenant().equals(tenant))
                    .map(WebhookDocument::read)
                    .filter(webhook -> webhook.sharedNames().contains(name) && filter.test(webhook))
                    .limit(SHOWN - users.size())
                    .forEach(users::add);
            page = store.listWebhooks(tenant, page.get(page.size() - 1).id(), PAGE);
        }
        return users;
    }

    /** Lets a change take effect on this node; one in the caller's transaction, when the store shows it as committed. */
    private void changed(String name, Runnable takeEffect) {
        Optional<CallersTransaction> joined = store.callersTransaction();
        if (joined.isPresent()) {
            joined.get().afterCommit(() -> refreshSoon(name));
        } else {
            takeEffect.run();
        }
    }

    private void refreshSoon(String name) {
        try {
            background.execute(() -> seen(name));
        } catch (RejectedExecutionException e) {
            log.debug("closed before the change of signer {} was seen here; other nodes see it", name);
        }
    }

    private void seen(String name) {
        try {
            store.findSigner(tenant, name).ifPresentOrElse(shared::put, () -> shared.removed(tenant, name));
        } catch (StoreException e) {
            log.warn("the change of signer {} is seen here later", name, e);
        }
    }
}
