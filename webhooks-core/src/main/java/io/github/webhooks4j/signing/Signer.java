package io.github.webhooks4j.signing;

import java.util.Map;

/**
 * Makes the authentication headers of a message.
 *
 * <pre>{@code
 * Secret secret = Secret.random(); // once; store it, and show secret.reveal() to the receiver
 *
 * Signer standard = Signer.standardWebhooks(secret);
 * Signer asGitHub = Signer.hmacSha256("X-Hub-Signature-256", secret).prefix("sha256=");
 * Signer token = Signer.bearer(Secret.of("token-from-the-receiver"));
 *
 * Webhook webhook = Webhook.builder("https://customer.example/hooks")
 *         .events("invoice.paid")
 *         .signer(standard)
 *         .build();
 * }</pre>
 *
 * <p>Each attempt calls it once, when the request is sent, on any of the sending threads. Implementations are quick and safe for
 * concurrent use. An exception ends the attempt as {@code INVALID}. Any store can keep the ready-made signers below. Register a
 * signer of your own by name in the client's builder, and refer to it with {@link #custom}.
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
     * A header with the HMAC-SHA256 of the raw body in lower-case hex. The key is the UTF-8 form of the secret, which may be any
     * text of 8 to 4000 characters without white space at an end. The header is {@code X-Webhook-Signature}; the result has methods for other forms.
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

    /** {@code Authorization: Basic <base64 of user:password in UTF-8>} (RFC 7617). The user must not contain a colon. */
    static Signer basic(String user, Secret password) {
        return new BasicSigner(user, password);
    }

    /**
     * {@code Authorization: Bearer <token>} with a token that the client fetches from an authorization server (RFC 6749, section
     * 4.4). The result has methods for scope and audience.
     *
     * @param tokenUrl where to fetch tokens; the egress policy applies to it as to webhooks
     */
    static OAuth2Signer oauth2(String tokenUrl, String clientId, Secret clientSecret) {
        return new ClientCredentials(tokenUrl, clientId, clientSecret, "", "", false);
    }

    /**
     * The signer that the application registered under this name in the client's builder. Only the name is stored, so every
     * client that delivers to the webhook needs a signer of that name. Webhooks of any tenant can name it: anyone who may
     * register a webhook can point it at a server of their own, and receive there whatever the signer sets.
     */
    static Signer custom(String name) {
        return new NamedSigner(NamedSigner.CUSTOM, name);
    }

    /**
     * The signer that is stored once under this name and used by many webhooks: change it, and all of them follow. The webhook
     * itself stores only the name. Anyone who may register webhooks for the tenant can point one at a server of their own, and
     * receive there the signer's token, or signatures of data of their choice.
     */
    static Signer shared(String name) {
        return new NamedSigner(NamedSigner.SHARED, name);
    }
}
