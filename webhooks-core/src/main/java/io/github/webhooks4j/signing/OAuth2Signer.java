package io.github.webhooks4j.signing;

/**
 * A signer that sends an access token: {@code Authorization: Bearer <token>}, the token being fetched with the client
 * credentials grant (RFC 6749, section 4.4), kept as long as it is good, and fetched anew a while before it ends. Made by
 * {@link Signer#oauth2}; each method returns a changed copy.
 */
public sealed interface OAuth2Signer extends Signer permits ClientCredentials {
    /** The scope to ask for: names with one space between them; none by default. */
    OAuth2Signer scope(String scope);

    /** The audience to ask for, as some authorization servers want it; none by default. */
    OAuth2Signer audience(String audience);

    /**
     * Sends id and secret as {@code client_id} and {@code client_secret} in the form, for servers that do not take them in
     * the {@code Authorization} header, which is the default (RFC 6749, section 2.3.1).
     */
    OAuth2Signer credentialsInBody();
}
