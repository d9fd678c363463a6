package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.engine.Prepared;
import io.github.webhooks4j.engine.Target;
import io.github.webhooks4j.engine.TokenRequests;
import io.github.webhooks4j.engine.UnsendableException;
import io.github.webhooks4j.masking.EchoedSecrets;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.RenderException;
import io.github.webhooks4j.settings.Extensions;
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
 */
record Subscription(
        WebhookSettings webhook,
        List<Signer> signers,
        PayloadFormat format,
        Optional<RetryPolicy> retryPolicy,
        boolean denied,
        EgressPolicy policy,
        Extensions extensions)
        implements Target {
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
        Rendering rendering = rendering(event, now);
        Transport.Request request = new Transport.Request(
                rendering.method(),
                rendering.url(),
                rendering.headers(),
                rendering.body(),
                left.get(),
                webhook.tls(),
                onNewConnection);
        return new Prepared(request, () -> secrets(rendering));
    }

    /** All that is stored as a secret of the webhook, and what the request sent of it, such as a token that was fetched. */
    private Collection<byte[]> secrets(Rendering rendering) {
        Secrets stored = Secrets.none();
        webhook.choices().write(stored);
        List<String> sent = rendering.secret().stream()
                .map(name -> rendering.headers().getOrDefault(name, ""))
                .toList();
        return EchoedSecrets.of(stored.texts().values(), sent);
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
