package io.github.webhooks4j.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.webhooks4j.signing.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Collection;
import java.util.List;

/** Reads certificates and private keys from PEM (RFC 7468). Exceptions say what is wrong, and show nothing of the text. */
final class Pem {
    private static final int MAX_LENGTH = 64 * 1024;
    private static final int MAX_CERTIFICATES = 50;
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");
    private static final char[] NO_PASSWORD = new char[0];

    private Pem() {}

    static KeyStore keyStore(String certificates, Secret privateKey) throws GeneralSecurityException {
        List<? extends Certificate> chain = List.copyOf(certificates(certificates));
        PrivateKey key = key(privateKey.reveal());
        checkPair(chain.get(0).getPublicKey(), key);
        KeyStore store = emptyStore();
        store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
        return store;
    }

    static KeyStore trustStore(String certificates) throws GeneralSecurityException {
        KeyStore store = emptyStore();
        int count = 0;
        for (Certificate certificate : certificates(certificates)) {
            store.setCertificateEntry("trusted-" + count++, certificate);
        }
        return store;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new KeyStoreException("no empty key store can be made", e);
        }
        return store;
    }

    private static Collection<? extends Certificate> certificates(String text) throws CertificateException {
        if (text.length() > MAX_LENGTH) {
            throw new CertificateException("the certificates are longer than " + MAX_LENGTH + " characters");
        }
        if (text.contains("PRIVATE KEY-----")) {
            throw new CertificateException(
                    "there is a private key among the certificates, which are not kept secret; take it out");
        }
        Collection<? extends Certificate> certificates;
        try {
            certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(US_ASCII)));
        } catch (CertificateException | RuntimeException e) {
            throw new CertificateException("the certificates are not X.509 in PEM", e);
        }
        if (certificates.isEmpty() || certificates.size() > MAX_CERTIFICATES) {
            throw new CertificateException("there must be 1 to " + MAX_CERTIFICATES + " certificates in PEM");
        }
        return certificates;
    }

    private static PrivateKey key(String text) throws GeneralSecurityException {
        if (text.length() > MAX_LENGTH) {
            throw new InvalidKeySpecException("the private key is longer than " + MAX_LENGTH + " characters");
        }
        PKCS8EncodedKeySpec spec = PrivateKeyText.read(text);
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // Of another kind.
            }
        }
        throw PrivateKeyText.unreadable();
    }

    private static void checkPair(PublicKey certified, PrivateKey key) throws GeneralSecurityException {
        String algorithm = key.getAlgorithm().equals("RSA")
                ? "SHA256withRSA"
                : key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "Ed25519";
        byte[] sample = "a pair".getBytes(US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(sample);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            // Of another kind than the certificate.
        }
        throw new InvalidKeySpecException("the private key does not belong to the first certificate");
    }
}
