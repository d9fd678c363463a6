package io.github.webhooks4j.signing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Map;

/**
 * Fetches the tokens of {@link Signer#oauth2} signers and keeps them, in memory only. One per client. Safe for use by any
 * thread.
 *
 * <p>A token is fetched by the thread that needs it; others that need the same one wait for it, and fail with it. When a
 * fifth of its lifetime is left, one thread fetches the next while the others go on with what there is.
 */
public final class AccessTokens {
    private static final int MAX_TOKENS = 10_000;

    private final TokenExchange exchange;

    private final Cache<ClientCredentials, AccessToken> tokens = Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .executor(Runnable::run) // no thread of the host's
            .build();

    /** Without any token; they are fetched through the exchange. */
    public AccessTokens(TokenExchange exchange) {
        this.exchange = exchange;
    }

    /**
     * A signer that signs with a token of these, for one made by {@link Signer#oauth2}; any other signer is returned as it
     * is. The returned signer throws {@link TokenException} when there is no token to be had, or what the exchange throws.
     */
    public Signer bind(Signer signer) {
        return signer instanceof ClientCredentials credentials ? message -> headers(credentials, message) : signer;
    }

    /**
     * Forgets the token that was sent in these headers, since the receiver refused it with 401; the next message fetches
     * another. Does nothing if that token was replaced in the meantime, or if the signer is of another kind.
     */
    public void refused(Signer signer, Map<String, String> headers) {
        String sent = headers.get(BearerSigner.AUTHORIZATION);
        if (signer instanceof ClientCredentials credentials && sent != null) {
            AccessToken token = tokens.getIfPresent(credentials);
            if (token != null) {
                token.refused(sent);
            }
        }
    }

    private Map<String, String> headers(ClientCredentials credentials, Message message) {
        AccessToken token = tokens.get(credentials, key -> new AccessToken(key, exchange));
        return Map.of(BearerSigner.AUTHORIZATION, token.authorization(message.timestamp()));
    }
}
