package io.github.webhooks4j;

import io.github.webhooks4j.signing.Secret;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import io.github.webhooks4j.store.DeliveryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gives webhooks new secrets, those of one administration; the ones before go on signing for a while. */
final class SecretRotation {
    private static final String STANDARD_WEBHOOKS = "standard-webhooks";
    private static final int MAX_TRIES = 5;

    private final DeliveryStore store;
    private final WebhookAdministration webhooks;

    SecretRotation(DeliveryStore store, WebhookAdministration webhooks) {
        this.store = store;
        this.webhooks = webhooks;
    }

    /** Others may change the webhook at the same moment: it is read again then. */
    Secret rotate(String id, Duration grace) {
        for (int i = 1; ; i++) {
            WebhookSettings webhook =
                    (WebhookSettings) webhooks.find(id).orElseThrow(() -> WebhookAdministration.missing(id));
            try {
                return rotate(webhook, grace);
            } catch (StaleWebhookException e) {
                if (i == MAX_TRIES) {
                    throw e;
                }
            }
        }
    }

    private Secret rotate(WebhookSettings webhook, Duration grace) {
        if (!webhook.unreadable().isEmpty()) {
            throw new InvalidWebhookException(webhooks.check(webhook));
        }
        List<Signer> signers = new ArrayList<>(webhook.signers());
        int index = rotating(webhook);
        Secret next = StoredSigner.freshSecret(signers.get(index)).orElseThrow();
        signers.set(index, StoredSigner.rotated(signers.get(index), next, store.now(), grace));
        webhooks.update(webhook.toBuilder().signers(signers).build());
        return next;
    }

    /** The Standard Webhooks signer, of which there is one at most, since two would set the same header; else the first HMAC. */
    private static int rotating(WebhookSettings webhook) {
        List<Signer> signers = webhook.signers();
        int found = -1;
        for (int i = signers.size() - 1; i >= 0; i--) {
            Optional<StoredSigner> stored = StoredSigner.of(signers.get(i));
            if (stored.isPresent() && stored.get().kind().equals(STANDARD_WEBHOOKS)) {
                return i;
            }
            if (StoredSigner.freshSecret(signers.get(i)).isPresent()) {
                found = i;
            }
        }
        if (found < 0) {
            throw new IllegalArgumentException("the webhook has no Standard Webhooks or HMAC signer of its own; "
                    + (webhook.sharedNames().isEmpty()
                            ? "set what the receiver gave you, such as a token, with update"
                            : "rotate its shared signers, " + String.join(", ", webhook.sharedNames())
                                    + ", with Signers.rotateSecret of its tenant, for all webhooks that use them"));
        }
        return found;
    }
}
