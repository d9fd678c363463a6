package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.Prepared;
import io.github.webhooks4j.engine.Target;
import io.github.webhooks4j.engine.TokenRequests;
import io.github.webhooks4j.engine.UnsendableException;
import io.github.webhooks4j.masking.MasksInUse;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.payload.RenderException;
import io.github.webhooks4j.settings.Extensions;
import io.github.webhooks4j.settings.Origin;
import io.github.webhooks4j.settings.Secrets;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.signing.TokenException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A registered webhook, ready to be sent to.
 *
 * @param webhook its settings
 * @param signers its signers, those of the application's own in the place of their names
 * @param format what makes its bodies
 * @param retryPolicy its own; empty for the client's
 * @param denied whether the egress policy refuses the URL, a token URL, the headers, or what TLS skips: rows can be edited, and
 *     policies change
 * @param policy what its headers must obey
 * @param extensions what it was made with
 * @param masks hide what is secret of it
 */
record Subscription(
        WebhookSettings webhook,
        List<Signer> signers,
        PayloadFormat format,
        Optional<RetryPolicy> retryPolicy,
        boolean denied,
        EgressPolicy policy,
        Extensions extensions,
        MasksInUse masks)
        implements Target {
    Subscription(
            WebhookSettings webhook,
            List<Signer> signers,
            PayloadFormat format,
            Optional<RetryPolicy> retryPolicy,
            boolean denied,
            EgressPolicy policy,
            Extensions extensions) {
        this(
                webhook,
                signers,
                format,
                retryPolicy,
                denied,
                policy,
                extensions,
                new MasksInUse(() -> secretsOf(webhook)));
    }

    /** All that is stored as a secret of it. */
    private static Collection<String> secretsOf(WebhookSettings webhook) {
        Secrets stored = Secrets.none();
        webhook.choices().write(stored);
        return stored.texts().values();
    }

    /**
     * The subscription of a webhook.
     *
     * @throws IllegalArgumentException if this client cannot send to it, since a signer or format is not registered here or a setting
     *     cannot be read
     */
    static Subscription of(WebhookSettings webhook, Extensions extensions, EgressPolicy policy) {
        if (!webhook.unreadable().isEmpty()) {
            throw new IllegalArgumentException("its settings " + new TreeSet<>(webhook.unreadable())
                    + " cannot be read; give this node's store the key that their secrets are encrypted with, or update"
                    + " this application if a newer version stored them");
        }
        List<Signer> signers =
                webhook.signers().stream().map(extensions::signer).toList();
        boolean denied = !policy.check(webhook.url()).isEmpty()
                || !policy.checkHeaders(webhook.ownHeaders(), webhook.signedHeaders())
                        .isEmpty()
                || webhook.signers().stream()
                        .flatMap(signer -> StoredSigner.tokenUrl(signer).stream())
                        .anyMatch(url -> !policy.check(url).isEmpty())
                || (webhook.tls().skipsVerification() && !policy.allowsSkipVerification());
        return new Subscription(
                webhook,
                signers,
                extensions.format(webhook.payload()),
                webhook.retryPolicy().map(extensions::retryPolicy),
                denied,
                policy,
                extensions);
    }

    @Override
    public Prepared request(StoredEvent event, Instant now, Supplier<Duration> left, boolean onNewConnection) {
        if (!event.tenant().equals(webhook.tenant())) { // who had its id before was of another one
            throw new UnsendableException(Failure.INVALID, "the event is of another tenant than the webhook is now");
        }
        Rendering rendering = rendering(event, now);
        Transport.Request request = new Transport.Request(
                rendering.method(),
                rendering.url(),
                rendering.headers(),
                rendering.body(),
                left.get(),
                webhook.tls(),
                onNewConnection);
        return new Prepared(request, () -> shown(event, rendering), () -> masks.of(rendering.sentSecrets()));
    }

    /** The bytes that were sent, unless they show a secret. */
    private Prepared.Shown shown(StoredEvent event, Rendering rendering) {
        boolean hasSecret = webhook.payload() instanceof ReadyMadeFormat readyMade
                && readyMade.secret().isPresent();
        byte[] body = hasSecret
                ? Rendering.shownBody(event, this, extensions.format(((ReadyMadeFormat) webhook.payload()).masked()))
                : rendering.body();
        return new Prepared.Shown(rendering.shownHeaders(), body);
    }

    private Rendering rendering(StoredEvent event, Instant now) {
        try {
            return Rendering.of(event, this, policy, now);
        } catch (TokenRequests.Failed e) {
            throw new UnsendableException(e.failure(), "");
        } catch (TokenException e) {
            // The wait for a token that another thread fetches; nothing was sent.
            throw Thread.currentThread().isInterrupted()
                    ? new UnsendableException(Failure.OURS, "")
                    : new UnsendableException(Failure.INVALID, String.valueOf(e.getMessage()));
        } catch (RenderException e) {
            throw new UnsendableException(Failure.INVALID, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void unauthorized(Transport.Request request) {
        webhook.signers().forEach(signer -> extensions.tokenRefused().accept(signer, request.headers()));
    }

    @Override
    public String origin() {
        return Origin.shown(webhook.url());
    }

    @Override
    public long version() {
        return webhook.version();
    }

    @Override
    public boolean skipsVerification() {
        return webhook.tls().skipsVerification();
    }

    @Override
    public Duration timeout(Duration granted) {
        return webhook.timeout(granted);
    }

    @Override
    public Set<Integer> successCodes() {
        return webhook.successCodes();
    }

    @Override
    public Optional<Instant> resumedAt() {
        return webhook.status().resumedAt();
    }
}
