package io.github.webhooks4j.signing;

import java.util.Map;

/**
 * Makes the authentication headers of a message.
 *
 * <p>Called once for each attempt, at send time, by any of the sending threads; implementations are safe for concurrent
 * use and quick. An exception ends the attempt as {@code INVALID}. The ready-made signers below can be kept in any store;
 * a signer of your own is registered by name in the client's builder and referred to as {@link #custom}.
 */
@FunctionalInterface
public interface Signer {
    /** The headers to add to the request, by name. Must not set {@code webhook-id} or {@code webhook-timestamp}. */
    Map<String, String> headers(Message message);

    /**
     * Standard Webhooks, symmetric scheme: {@code webhook-signature: v1,<base64 of HMAC-SHA256>} over {@code
     * id.timestamp.body} (Standard Webhooks specification, "Signature scheme").
     *
     * @param secret {@code whsec_} and the base64 form of 24 to 64 bytes; {@link Secret#random} makes one
     */
    static Signer standardWebhooks(Secret secret) {
        return new StandardWebhooksSigner(secret);
    }

    /** {@link #hmacSha256(String, Secret)} with the header {@code X-Webhook-Signature}. */
    static Signer hmacSha256(Secret secret) {
        return hmacSha256("X-Webhook-Signature", secret);
    }

    /** A header with the HMAC-SHA256 of the raw body in lower-case hex, keyed with the secret's UTF-8 bytes. */
    static Signer hmacSha256(String header, Secret secret) {
        return new HmacHeaderSigner(header, secret);
    }

    /** {@code Authorization: Bearer <token>} (RFC 6750, section 2.1). */
    static Signer bearer(Secret token) {
        return new BearerSigner(token);
    }

    /** {@code Authorization: Basic <base64 of user:password in UTF-8>} (RFC 7617). The user has no colon. */
    static Signer basic(String user, Secret password) {
        return new BasicSigner(user, password);
    }

    /**
     * The signer that the application registered under this name in the client's builder. Only the name is stored, so
     * every client that delivers to the webhook needs a signer of that name.
     */
    static Signer custom(String name) {
        return new CustomSigner(name);
    }
}
