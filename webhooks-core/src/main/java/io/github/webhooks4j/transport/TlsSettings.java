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
 * How the connections to a webhook are secured: with which client certificate, and which receivers are trusted. Two webhooks
 * whose settings differ never share a connection.
 *
 * <p>Immutable; the methods that set something return a copy. Nothing is checked here but null: {@link
 * io.github.webhooks4j.WebhookClient#register}, {@link io.github.webhooks4j.WebhookClient#update} and {@link io.github.webhooks4j.WebhookClient#check} report what is wrong.
 *
 * <p>Certificates are text in PEM. The private key is kept among the webhook's secrets and never shown.
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
     * @param certificates the certificate, then those that it was issued by, up to but without the root
     * @param privateKey the key of the first: PKCS#8 in PEM, not encrypted; RSA, EC or Ed25519
     */
    public TlsSettings clientCertificate(String certificates, Secret privateKey) {
        return new TlsSettings(
                Objects.requireNonNull(certificates, "certificates"),
                Objects.requireNonNull(privateKey, "privateKey"),
                trusted,
                skipsVerification);
    }

    /** Trusts receivers whose certificate is one of these or was issued by one of these, and no others. */
    public TlsSettings trust(String certificates) {
        return new TlsSettings(
                this.certificates, privateKey, Objects.requireNonNull(certificates, "certificates"), skipsVerification);
    }

    /**
     * Trusts every certificate, whatever name it is for: whoever is on the way can read the requests and answer them. Only
     * where the operator allows it ({@code EgressPolicy.builder().allowSkipVerification()}).
     */
    public TlsSettings skipVerification() {
        return new TlsSettings(certificates, privateKey, trusted, true);
    }

    /** The client certificate with those that it was issued by, in PEM; empty if there is none. */
    public Optional<String> certificates() {
        return Optional.ofNullable(certificates);
    }

    /** The certificates that are trusted instead of the usual ones, in PEM; empty if the usual ones are. */
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
     * @throws GeneralSecurityException if they cannot be read; the text shows nothing of them
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
     * @return empty if the usual ones are trusted
     * @throws GeneralSecurityException if they cannot be read
     */
    public Optional<KeyStore> trustStore() throws GeneralSecurityException {
        return trusted == null ? Optional.empty() : Optional.of(Pem.trustStore(trusted));
    }

    public Optional<Secret> privateKey() {
        return Optional.ofNullable(privateKey);
    }

    /** What is wrong with the certificates and the key. */
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
