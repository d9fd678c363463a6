package io.github.webhooks4j.signing;

import java.time.Duration;
import java.time.Instant;

/** A signer whose secret we make, so that we can replace it as well. */
sealed interface RotatingSigner extends ReadyMadeSigner permits StandardWebhooksSigner, HmacHeaderSigner {
    /** This signer with another current secret; an {@code IllegalArgumentException} says why not. */
    RotatingSigner rotated(Secret next, Instant now, Duration grace);

    /** A new secret of the kind that the current one is. */
    Secret fresh();

    /** Whether its header has room for the signatures of several secrets. */
    boolean overlaps();
}
