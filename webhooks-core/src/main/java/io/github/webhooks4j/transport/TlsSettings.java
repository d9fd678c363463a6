package io.github.webhooks4j.transport;

import io.github.webhooks4j.signing.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the connections to a webhook are secured: the client certificate, and which receivers are trusted. Webhooks with different
 * settings never share a connection.
 *
 * <p>Immutable; the methods that set something return a copy. They check only for null: {@link
 * io.github.webhooks4j.WebhookClient#register}, {@link io.github.webhooks4j.WebhookClient#update} and {@link io.github.webhooks4j.WebhookClient#check} report what is wrong.
 *
 * <p>Certificates are text in PEM. The private key is stored as one of the webhook's secrets, and never shown.
 */
public final class TlsSettings {
    private static final TlsSettings STANDARD = new TlsSettings(null, null, null, false);

    private final @Nullable String certificates;
    private final @Nullable Secret privateKey;
    private final @Nullable String trusted;
    private final boolean skipsVerification;

    private TlsSettings(
            @Nullable String certificates,
            @Nullable Secret privateKey,
            @Nullable String trusted,
            boolean skipsVerification) {
        this.certificates = certificates;
        this.privateKey = privateKey;
        this.trusted = trusted;
        this.skipsVerification = skipsVerification;
    }

    /** No client certificate, and the trust of the transport, which is that of the JVM by default. */
    public static TlsSettings standard() {
        return STANDARD;
    }

    /**
     * Shows this certificate to receivers that ask for one (mutual TLS).
     *
     * @param certificates the certificate, then its issuers, without the root
     * @param privateKey the private key of the certificate: RSA, EC or Ed25519 in PEM, not encrypted; what tools write before and
     *     behind it is ignored
     */
    public TlsSettings clientCertificate(String certificates, Secret privateKey) {
        return new TlsSettings(
                Objects.requireNonNull(certificates, "certificates"),
                Objects.requireNonNull(privateKey, "privateKey"),
                trusted,
                skipsVerification);
    }

    /** Trusts only receivers whose certificate is one of these, or was issued by one of these. */
    public TlsSettings trust(String certificates) {
        return new TlsSettings(
                this.certificates, privateKey, Objects.requireNonNull(certificates, "certificates"), skipsVerification);
    }

    /**
     * Trusts every certificate, for any name: anyone on the way can read the requests and answer them. The operator must allow it
     * ({@code EgressPolicy.builder().allowSkipVerification()}).
     */
    public TlsSettings skipVerification() {
        return new TlsSettings(certificates, privateKey, trusted, true);
    }

    /** The client certificate and its issuers, in PEM; empty if there is none. */
    public Optional<String> certificates() {
        return Optional.ofNullable(certificates);
    }

    /** The only certificates that are trusted, in PEM; empty for the transport's trust. */
    public Optional<String> trusted() {
        return Optional.ofNullable(trusted);
    }

    /** Whether every certificate is trusted. */
    public boolean skipsVerification() {
        return skipsVerification;
    }

    /** Whether this is {@link #standard}. */
    public boolean isStandard() {
        return equals(STANDARD);
    }

    /**
     * The client certificate and its key, for a transport. The password of the entry is empty.
     *
     * @return empty if there is none
     * @throws GeneralSecurityException if they cannot be read; the message shows nothing of them
     */
    public Optional<KeyStore> clientKeys() throws GeneralSecurityException {
        if (certificates == null || privateKey == null) {
            return Optional.empty();
        }
        return Optional.of(Pem.keyStore(certificates, privateKey));
    }

    /**
     * The certificates to trust, for a transport.
     *
     * @return empty for the transport's trust
     * @throws GeneralSecurityException if they cannot be read
     */
    public Optional<KeyStore> trustStore() throws GeneralSecurityException {
        return trusted == null ? Optional.empty() : Optional.of(Pem.trustStore(trusted));
    }

    /** The private key of the client certificate; empty if there is none. */
    public Optional<Secret> privateKey() {
        return Optional.ofNullable(privateKey);
    }

    /** Everything that is wrong with the certificates and the key; empty if nothing is. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        try {
            clientKeys();
        } catch (GeneralSecurityException e) {
            problems.add("has a client certificate that cannot be used: " + e.getMessage());
        }
        try {
            trustStore();
        } catch (GeneralSecurityException e) {
            problems.add("has trusted certificates that cannot be used: " + e.getMessage());
        }
        return problems;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsSettings that
                && Objects.equals(certificates, that.certificates)
                && Objects.equals(privateKey, that.privateKey)
                && Objects.equals(trusted, that.trusted)
                && skipsVerification == that.skipsVerification;
    }

    @Override
    public int hashCode() {
        return Objects.hash(certificates, trusted, skipsVerification);
    }

    /** Shows no certificate and no key. */
    @Override
    public String toString() {
        return "TlsSettings[clientCertificate=" + (certificates != null) + ", trusted=" + (trusted != null)
                + ", skipsVerification=" + skipsVerification + "]";
    }
}
