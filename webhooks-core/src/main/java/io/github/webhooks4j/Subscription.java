package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.List;
import java.util.Map;

/**
 * A registered webhook, ready to be sent to.
 *
 * @param webhook its settings
 * @param signers its signers, those of the application's own in the place of their names
 * @param denied whether the egress policy refuses the URL, or what TLS skips: rows can be edited, and policies change
 */
record Subscription(WebhookSettings webhook, List<Signer> signers, boolean denied) {
    /**
     * The subscription of a webhook.
     *
     * @throws IllegalArgumentException if this client cannot send to it, since a signer is not registered here or a secret
     *     cannot be read
     */
    static Subscription of(WebhookSettings webhook, Map<String, Signer> customSigners, EgressPolicy policy) {
        if (!webhook.unreadable().isEmpty()) {
            throw new IllegalArgumentException(
                    "its secrets cannot be read; give this node's store the key that they are" + " encrypted with");
        }
        List<Signer> signers = webhook.signers().stream()
                .map(signer -> StoredSigner.customName(signer)
                        .map(name -> named(name, customSigners))
                        .orElse(signer))
                .toList();
        boolean denied = !policy.check(webhook.url()).isEmpty()
                || (webhook.tls().skipsVerification() && !policy.allowsSkipVerification());
        return new Subscription(webhook, signers, denied);
    }

    private static Signer named(String name, Map<String, Signer> customSigners) {
        Signer signer = customSigners.get(name);
        if (signer == null) {
            throw new IllegalArgumentException("no signer is registered under the name " + name
                    + "; register it with WebhookClient.builder().signer(\"" + name + "\", …)");
        }
        return signer;
    }
}
