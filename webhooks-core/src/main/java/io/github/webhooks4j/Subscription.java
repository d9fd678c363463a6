package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A registered webhook, ready to be sent to.
 *
 * @param webhook its settings
 * @param signers its signers, those of the application's own in the place of their names
 * @param format what makes its bodies
 * @param retryPolicy its own; empty for the client's
 * @param denied whether the egress policy refuses the URL, a token URL, the headers, or what TLS skips: rows can be edited, and
 *     policies change
 */
public record Subscription(
        WebhookSettings webhook,
        List<Signer> signers,
        PayloadFormat format,
        Optional<RetryPolicy> retryPolicy,
        boolean denied) {
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
                denied);
    }
}
