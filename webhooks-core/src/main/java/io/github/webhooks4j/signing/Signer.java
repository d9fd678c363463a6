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
     * Standard Webhooks: {@code webhook-signature} over {@code id.timestamp.body} (Standard Webhooks specification,
     * "Signature scheme"). The secret decides the scheme.
     *
     * @param secret for {@code v1}, HMAC-SHA256: {@code whsec_} and the base64 form of 24 to 64 bytes; {@link Secret#random}
     *     makes one. For {@code v1a}, Ed25519: {@code whsk_} and the base64 form of the private key, of the private and the
     *     public key, or of PKCS#8; {@link Secret#randomEd25519} makes one
     */
    static Signer standardWebhooks(Secret secret) {
        return new StandardWebhooksSigner(Keys.of(secret));
    }

    /**
     * A header with the HMAC-SHA256 of the raw body in lower-case hex, keyed with the secret's UTF-8 bytes. The header is
     * {@code X-Webhook-Signature}; what it returns has methods for other forms.
     */
    static HmacSigner hmacSha256(Secret secret) {
        return HmacHeaderSigner.of(Hmac.SHA_256, secret);
    }

    /** {@link #hmacSha256(Secret)} in a header of this name. */
    static HmacSigner hmacSha256(String header, Secret secret) {
        return hmacSha256(secret).header(header);
    }

    /** {@link #hmacSha256(Secret)} with SHA-512. */
    static HmacSigner hmacSha512(Secret secret) {
        return HmacHeaderSigner.of(Hmac.SHA_512, secret);
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
     * {@code Authorization: Bearer <token>} with a token that is fetched from an authorization server (RFC 6749, section 4.4).
     * What it returns has methods for scope and audience.
     *
     * @param tokenUrl where tokens are fetched; what the egress policy allows for webhooks is allowed here
     */
    static OAuth2Signer oauth2(String tokenUrl, String clientId, Secret clientSecret) {
        return new ClientCredentials(tokenUrl, clientId, clientSecret, "", "", false);
    }

    /**
     * The signer that the application registered under this name in the client's builder. Only the name is stored, so
     * every client that delivers to the webhook needs a signer of that name. Webhooks of any tenant can name it: whoever may
     * register one can point it at a server of his own, and get there whatever the signer sets.
     */
    static Signer custom(String name) {
        return new NamedSigner(NamedSigner.CUSTOM, name);
    }

    /**
     * The signer that is stored once under this name and used by many webhooks: change it, and all of them follow. Only the
     * name is kept with the webhook. Whoever may register webhooks for the tenant can point one at a server of his own, and
     * get there the signer's token, or signatures of what he likes.
     */
    static Signer shared(String name) {
        return new NamedSigner(NamedSigner.SHARED, name);
    }
}
