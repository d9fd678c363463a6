package io.github.webhooks4j.signing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Map;

/**
 * Fetches the tokens of {@link Signer#oauth2} signers and keeps them, in memory only. One per client. Safe for use by any
 * thread.
 *
 * <p>The thread that needs a token fetches it. Other threads that need the same token wait for it, and fail if it fails. When a
 * fifth of its lifetime is left, one thread fetches the next token while the others go on with the current one.
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
     * A signer that sends one of these tokens, for a signer that {@link Signer#oauth2} made; any other signer unchanged. The result
     * throws {@link TokenException} if it cannot get a token, or what the exchange throws.
     */
    public Signer bind(Signer signer) {
        return signer instanceof ClientCredentials credentials ? message -> headers(credentials, message) : signer;
    }

    /**
     * Forgets the token that was sent in these headers, because the receiver refused it with 401. The next message fetches another.
     * Does nothing if that token was replaced meanwhile, or if the signer is of another kind.
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
