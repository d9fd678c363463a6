package io.github.webhooks4j.signing;

import java.time.Duration;
import java.time.Instant;

/** A signer whose secret we make, so that we can replace it as well. */
sealed interface RotatingSigner extends ReadyMadeSigner permits StandardWebhooksSigner, HmacHeaderSigner {
    Keys keys();

    @Override
    default boolean onlySigns() {
        return true;
    }

    /** This signer with other keys. */
    RotatingSigner with(Keys keys);

    /** The stored signer, if this one differs from it by its keys only and has a secret that is or was one of its; else this. */
    default RotatingSigner over(Signer stored) {
        return stored instanceof RotatingSigner before
                        && with(before.keys()).equals(before)
                        && before.keys().all().contains(keys().current())
                ? before
                : this;
    }

    /** This signer with another current secret; an {@code IllegalArgumentException} says why not. */
    RotatingSigner rotated(Secret next, Instant now, Duration grace);

    /** A new secret of the kind that the current one is. */
    Secret fresh();

    /** Whether its header has room for the signatures of several secrets. */
    boolean overlaps();
}
