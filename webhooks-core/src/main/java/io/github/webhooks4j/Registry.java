package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.documents.Reader;
import io.github.webhooks4j.documents.View;
import io.github.webhooks4j.documents.Watcher;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.lanes.Customer;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.matching.Matches;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's view of the webhooks, in memory. Safe for use by any thread. */
final class Registry {
    private static final Logger log = LoggerFactory.getLogger(Registry.class);

    private final SharedSigners signers;
    private final Extensions extensions;
    private final EgressPolicy policy;
    private final Remedies remedies;
    private final Watching watching;
    private final Matches matches = new Matches();
    private final View<Registered> webhooks;

    Registry(
            KnownDocuments documents,
            SharedSigners signers,
            Extensions extensions,
            EgressPolicy policy,
            Watching watching) {
        this.signers = signers;
        this.extensions = extensions;
        this.policy = policy;
        this.watching = watching;
        remedies = new Remedies(policy);
        webhooks = documents.view(DocumentKind.WEBHOOK, new Reading(), new Changes());
    }

    /** Is told of what happens to webhooks, here or elsewhere. Called by any thread. */
    interface Watching {
        /** How a webhook is stored now, with this version of its status. */
        void seen(WebhookSettings webhook, long statusVersion);

        /** A webhook was removed: nothing is to be sent to it any more. */
        void removed(String webhookId);

        /** A webhook takes deliveries again, or its receiver is back. */
        void opened(String webhookId);

        /** Deliveries of a webhook may have to be canceled. */
        void sweepable(String webhookId);

        /**
         * What was held for a webhook is canceled, or may have been: what waits in memory must not be sent.
         *
         * @param isSwept whether it is yet to be canceled
         */
        void cutOff(String webhookId, boolean isSwept);
    }

    /**
     * What is known of a webhook.
     *
     * @param webhook its settings; null if they cannot be read by this version
     * @param statusVersion of its status
     * @param target how it is sent to
     * @param terms how its lane is treated; null if its settings are not known
     */
    private record Registered(
            @Nullable WebhookSettings webhook, long statusVersion, Sending target, Lanes.@Nullable Terms terms) {
        Registered(@Nullable WebhookSettings webhook, long statusVersion, Sending target) {
            this(webhook, statusVersion, target, Registry.terms(webhook));
        }

        /** Whether deliveries to it are sent and claimed, if this node can. */
        boolean isOpen() {
            return webhook != null
                    && webhook.state() == Webhook.State.ACTIVE
                    && !webhook.status().isDiscarding()
                    && !webhook.status().breaker().isOpen();
        }

        /** Whether deliveries of it are to be canceled, all of them or some. */
        boolean isSwept() {
            return webhook != null
                    && (!webhook.status().isKept()
                            || webhook.status().discardBefore().isPresent());
        }
    }

    /**
     * How a webhook is sent to.
     *
     * @param subscription null if it cannot be, from this node
     * @param trouble why not; empty if it can be
     * @param signers the state of the shared signers that it was made with
     */
    private record Sending(@Nullable Subscription subscription, String trouble, long signers) {
        static final Sending NONE = new Sending(null, "", 0);
    }

    /**
     * The ids of the webhooks that an event is stored for, in their order: active ones, also those that other nodes must send to,
     * and those that hold what comes.
     */
    List<String> match(Optional<String> tenant, String type) {
        return matches.of(tenant, type);
    }

    /** The webhook, if it is known, active, can be sent to, and its breaker is closed. */
    @Nullable
    Subscription active(String webhookId) {
        Subscription subscription = activeOrBroken(webhookId);
        return subscription != null
                        && !subscription.webhook().status().breaker().isOpen()
                ? subscription
                : null;
    }

    /** The webhook, if it is known, active and can be sent to, be its breaker open or not. */
    @Nullable
    Subscription activeOrBroken(String webhookId) {
        Registered known = webhooks.get(webhookId);
        Subscription subscription = known == null ? null : upToDate(webhookId, known).target.subscription;
        return subscription != null && subscription.webhook().state() == Webhook.State.ACTIVE ? subscription : null;
    }

    /** What is known, with the shared signers of now. */
    private Registered upToDate(String webhookId, Registered known) {
        boolean outdated = known.webhook != null
                && known.target.signers != signers.changes()
                && !known.webhook.sharedNames().isEmpty();
        Registered renewed = outdated ? webhooks.renew(webhookId, this::renewed) : known;
        return renewed == null ? known : renewed;
    }

    private Registered renewed(Registered known) {
        if (known.webhook == null) {
            return known;
        }
        Sending target = sending(known.webhook);
        tell(known.webhook.id(), known.target.trouble, target.trouble);
        return new Registered(known.webhook, known.statusVersion, target);
    }

    private static void tell(String webhookId, String before, String trouble) {
        if (!trouble.isEmpty() && !trouble.equals(before)) {
            log.error(
                    "this node cannot send to webhook {}, and leaves its deliveries to a node that can: {}",
                    webhookId,
                    trouble);
        }
    }

    /** Until when its breaker is open; empty if it is not, or the webhook cannot be sent to anyway. */
    Optional<Instant> brokenUntil(String webhookId) {
        Subscription subscription = activeOrBroken(webhookId);
        return subscription == null
                ? Optional.empty()
                : subscription.webhook().status().breaker().openUntil();
    }

    /** What is known to have happened to the webhook; empty if it is not known, or was removed. */
    Optional<WebhookStatus> status(String webhookId) {
        return webhook(webhookId).map(WebhookSettings::status);
    }

    /** The webhook as this node knows it; empty if it is not known, or was removed. */
    Optional<WebhookSettings> webhook(String webhookId) {
        Registered known = webhooks.get(webhookId);
        return known == null ? Optional.empty() : Optional.ofNullable(known.webhook);
    }

    /** Tells {@link Watching#seen} what is known of a webhook; false if it is not there. */
    boolean show(String webhookId) {
        Registered known = webhooks.get(webhookId);
        return known != null && show(known);
    }

    private boolean show(Registered known) {
        if (known.webhook == null) {
            return false;
        }
        watching.seen(known.webhook, known.statusVersion);
        return true;
    }

    /** How the webhook is to be treated; one that is not known is a customer of its own. */
    Lanes.Terms terms(String webhookId) {
        Registered known = webhooks.get(webhookId);
        return known == null || known.terms == null ? new Lanes.Terms("webhook " + webhookId) : known.terms;
    }

    private static Lanes.@Nullable Terms terms(@Nullable WebhookSettings webhook) {
        return webhook == null
                ? null
                : new Lanes.Terms(
                        Customer.of(webhook.tenant(), webhook.url()), webhook.concurrency(), webhook.rateLimit());
    }

    /** How often the webhook may be sent to; empty if there is no limit, or it is not known. */
    Optional<RateLimit> rateLimit(String webhookId) {
        Registered known = webhooks.get(webhookId);
        return known == null || known.webhook == null ? Optional.empty() : known.webhook.rateLimit();
    }

    /** How many webhooks have an open breaker. */
    int breakersOpen() {
        return (int) webhooks.all()
                .filter(known -> known.webhook != null
                        && known.webhook.status().breaker().isOpen())
                .count();
    }

    /** Whether the webhook is there, be it paused or unusable here. */
    boolean isThere(String webhookId) {
        return webhooks.get(webhookId) != null;
    }

    // ---- what it is made of

    private final class Reading implements Reader<Registered> {
        @Override
        public Registered read(Document document) {
            WebhookSettings webhook = settings(document);
            return new Registered(webhook, document.statusVersion(), webhook == null ? Sending.NONE : sending(webhook));
        }

        @Override
        public boolean isUnreadable(Registered known) {
            return known.webhook != null && !known.webhook.unreadable().isEmpty();
        }
    }

    private static @Nullable WebhookSettings settings(Document document) {
        try {
            return WebhookDocument.read(document);
        } catch (RuntimeException e) {
            log.error(
                    "this node cannot read webhook {}, and publishes no events to it: {}",
                    document.id(),
                    e.getMessage());
            return null;
        }
    }

    private Sending sending(WebhookSettings webhook) {
        long changes = signers.changes();
        try {
            WebhookSettings resolved = webhook.withShared(name -> signers.find(webhook.tenant(), name));
            return new Sending(Subscription.of(resolved, extensions, policy), "", changes);
        } catch (RuntimeException e) {
            return new Sending(null, String.valueOf(e.getMessage()), changes);
        }
    }

    private final class Changes implements Watcher<Registered> {
        @Override
        public void replaced(String id, @Nullable Registered before, @Nullable Registered after) {
            matches.replaced(id, subscribed(before), subscribed(after));
        }

        private static Matches.@Nullable Subscribed subscribed(@Nullable Registered known) {
            return known == null
                            || known.webhook == null
                            || !known.webhook.status().isKept()
                    ? null
                    : new Matches.Subscribed(known.webhook.tenant(), known.webhook.events());
        }

        @Override
        public void changed(String id, @Nullable Registered before, @Nullable Registered after) {
            if (after == null) {
                if (before != null) {
                    watching.removed(id);
                    watching.sweepable(id);
                }
                return;
            }
            tellOperator(id, before, after);
            if (isCutOff(before, after)) {
                watching.cutOff(id, after.isSwept());
            }
            if (before != null && !before.isOpen() && after.isOpen()) {
                watching.opened(id);
            }
            if (after.isSwept()) {
                watching.sweepable(id);
            }
            show(after);
        }

        /** Also if this node learns of it only when all is over. */
        private static boolean isCutOff(@Nullable Registered before, Registered after) {
            if (before == null || before.webhook == null || after.webhook == null) {
                return false;
            }
            WebhookStatus status = after.webhook.status();
            return !status.isKept()
                    || !status.resumedAt().equals(before.webhook.status().resumedAt());
        }

        private void tellOperator(String id, @Nullable Registered before, Registered after) {
            tell(id, before == null ? "" : before.target.trouble, after.target.trouble);
            Subscription subscription = after.target.subscription;
            boolean isNew = before == null || before.webhook == null || before.webhook.version() != version(after);
            if (isNew && subscription != null && subscription.denied()) {
                remedies.denied(subscription.webhook());
            }
        }

        private static long version(Registered known) {
            return known.webhook == null ? 0 : known.webhook.version();
        }
    }
}
