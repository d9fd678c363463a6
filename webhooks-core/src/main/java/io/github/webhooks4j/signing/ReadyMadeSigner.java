package io.github.webhooks4j.signing;

import java.util.List;
import java.util.Set;

/** A signer of this package: it can be taken apart, checked before it signs, and put together again. */
sealed interface ReadyMadeSigner extends Signer
        permits RotatingSigner, BearerSigner, BasicSigner, ClientCredentials, NamedSigner {
    StoredSigner stored();

    List<String> problems();

    Set<String> headerNames();

    /** Whether what it sends does not help anybody who reads it to send the same of something else. */
    default boolean onlySigns() {
        return false;
    }
}
