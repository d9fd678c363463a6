package io.github.webhooks4j.signing;

/**
 * A signer that puts one keyed hash into a header, in the form that a receiver expects. {@link Signer#hmacSha256} and {@link
 * Signer#hmacSha512} make it; each method returns a changed copy.
 *
 * <pre>{@code
 * Signer.hmacSha256(secret)                                                     // X-Webhook-Signature: 3fa1…
 * Signer.hmacSha256(secret).header("X-Hub-Signature-256").prefix("sha256=")     // as GitHub does
 * Signer.hmacSha256(secret).header("X-Shopify-Hmac-Sha256").base64()            // as Shopify does
 * Signer.hmacSha256(secret).header("Stripe-Signature").timestamped()            // as Stripe does
 * }</pre>
 *
 * <p>A signature that is not timestamped covers only the body, so a receiver cannot tell an old message from a new one. Its header
 * has one value, so the old and the new secret cannot overlap.
 */
public sealed interface HmacSigner extends Signer permits HmacHeaderSigner {
    /** The header to set; {@code X-Webhook-Signature} by default. */
    HmacSigner header(String name);

    /** Standard base64 instead of lower-case hex. */
    HmacSigner base64();

    /** Text before the value, such as {@code sha256=}; none by default. */
    HmacSigner prefix(String prefix);

    /**
     * {@code t=<unix seconds>,v1=<signature>}; the signature is over {@code <unix seconds>.<body>}. During a rotation there is one
     * {@code v1} for each secret that has not ended. Takes no {@link #prefix}.
     */
    HmacSigner timestamped();
}
