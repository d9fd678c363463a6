package io.github.webhooks4j.signing;

/**
 * A signer that puts one keyed hash into a header, in the form that a receiver expects. Made by {@link Signer#hmacSha256}
 * or {@link Signer#hmacSha512}; each method returns a changed copy.
 *
 * <pre>{@code
 * Signer.hmacSha256(secret)                                                     // X-Webhook-Signature: 3fa1…
 * Signer.hmacSha256(secret).header("X-Hub-Signature-256").prefix("sha256=")     // as GitHub does
 * Signer.hmacSha256(secret).header("X-Shopify-Hmac-Sha256").base64()            // as Shopify does
 * Signer.hmacSha256(secret).header("Stripe-Signature").timestamped()            // as Stripe does
 * }</pre>
 *
 * <p>Unless it is timestamped, the signature covers the body only, so that a receiver cannot tell an old message from a
 * new one; and the header holds one value, so that a change of the secret has no overlap.
 */
public sealed interface HmacSigner extends Signer permits HmacHeaderSigner {
    /** The header to set; {@code X-Webhook-Signature} by default. */
    HmacSigner header(String name);

    /** Standard base64 instead of lower-case hex. */
    HmacSigner base64();

    /** Text before the value, such as {@code sha256=}; none by default. */
    HmacSigner prefix(String prefix);

    /**
     * {@code t=<unix seconds>,v1=<signature>}, the signature being over {@code <unix seconds>.<body>}. While a secret is
     * replaced, there is one {@code v1} for each that has not ended. Takes no {@link #prefix}.
     */
    HmacSigner timestamped();
}
