package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.List;

/**
 * A registered webhook, ready to be sent to.
 *
 * @param webhook its settings
 * @param signers its signers, those of the application's own in the place of their names
 * @param format what makes its bodies
 * @param denied whether the egress policy refuses the URL, a token URL, or what TLS skips: rows can be edited, and policies change
 */
record Subscription(WebhookSettings webhook, List<Signer> signers, PayloadFormat format, boolean denied) {
    /**
     * The subscription of a webhook.
     *
     * @throws IllegalArgumentException if this client cannot send to it, since a signer or format is not registered here or a secret
     *     cannot be read
     */
    static Subscription of(WebhookSettings webhook, Extensions extensions, EgressPolicy policy) {
        if (!webhook.unreadable().isEmpty()) {
            throw new IllegalArgumentException(
                    "its secrets cannot be read; give this node's store the key that they are" + " encrypted with");
        }
        List<Signer> signers =
                webhook.signers().stream().map(extensions::signer).toList();
        boolean denied = !policy.check(webhook.url()).isEmpty()
                || webhook.signers().stream()
                        .flatMap(signer -> StoredSigner.tokenUrl(signer).stream())
                        .anyMatch(url -> !policy.check(url).isEmpty())
                || (webhook.tls().skipsVerification() && !policy.allowsSkipVerification());
        return new Subscription(webhook, signers, extensions.format(webhook.payload()), denied);
    }
}
