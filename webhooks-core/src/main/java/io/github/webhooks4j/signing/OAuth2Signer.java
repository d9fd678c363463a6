package io.github.webhooks4j.signing;

/**
 * A signer that sends an access token: {@code Authorization: Bearer <token>}. The client fetches the token with the client
 * credentials grant (RFC 6749, section 4.4), keeps it while it is valid, and fetches the next one before it ends. {@link
 * Signer#oauth2} makes it; each method returns a changed copy.
 */
public sealed interface OAuth2Signer extends Signer permits ClientCredentials {
    /** The scope to ask for: names with one space between them; none by default. */
    OAuth2Signer scope(String scope);

    /** The audience to ask for, which some authorization servers require; none by default. */
    OAuth2Signer audience(String audience);

    /**
     * Sends id and secret as {@code client_id} and {@code client_secret} in the form, for servers that do not take them in
     * the {@code Authorization} header, which is the default (RFC 6749, section 2.3.1).
     */
    OAuth2Signer credentialsInBody();
}
