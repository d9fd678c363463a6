package io.github.webhooks4j.settings;

import io.github.webhooks4j.delivery.RetryPolicy;
import io.github.webhooks4j.delivery.StoredRetryPolicy;
import io.github.webhooks4j.payload.PayloadFormat;
import io.github.webhooks4j.payload.ReadyMadeFormat;
import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * What stands behind the signers, formats and retry policies that webhooks refer to.
 *
 * @param signers what the application registered in the client's builder, by name
 * @param formats what it registered there, too
 * @param retryPolicies and there
 * @param tokens has the signers that need an access token sign with one, and returns the others as they are
 * @param tokenRefused told that a receiver did not take the token of a signer that was in these headers
 */
public record Extensions(
        Map<String, Signer> signers,
        Map<String, PayloadFormat> formats,
        Map<String, RetryPolicy> retryPolicies,
        UnaryOperator<Signer> tokens,
        BiConsumer<Signer, Map<String, String>> tokenRefused) {
    /** Without access tokens and retry policies. */
    public Extensions(Map<String, Signer> signers, Map<String, PayloadFormat> formats) {
        this(signers, formats, Map.of(), UnaryOperator.identity(), (signer, headers) -> {});
    }

    /** Copies the maps. */
    public Extensions {
        signers = Map.copyOf(signers);
        formats = Map.copyOf(formats);
        retryPolicies = Map.copyOf(retryPolicies);
    }

    /**
     * The signer that signs.
     *
     * @throws IllegalArgumentException if it is not registered here, not stored, or cannot be read
     */
    public Signer signer(Signer signer) {
        StoredSigner.sharedName(signer).ifPresent(name -> {
            throw new IllegalArgumentException("no shared signer is stored under the name " + name
                    + " for the webhook's tenant; store it with WebhookClient.signers()");
        });
        if (signer instanceof UnreadableSigner) {
            throw new IllegalArgumentException(
                    "a signer that it shares with others cannot be read; give this node's store"
                            + " the key that it is encrypted with, or update this application");
        }
        return StoredSigner.customName(signer)
                .map(name -> named(name, signers, "signer"))
                .orElseGet(() -> tokens.apply(signer));
    }

    /**
     * The format that makes bodies.
     *
     * @throws IllegalArgumentException if it is not registered here, or unknown to this version
     */
    public PayloadFormat format(PayloadFormat format) {
        if (!(format instanceof ReadyMadeFormat readyMade)) {
            return format;
        }
        return readyMade
                .customName()
                .map(name -> named(name, formats, "payloadFormat"))
                .orElseGet(readyMade::prepared);
    }

    /**
     * The retry policy that decides.
     *
     * @throws IllegalArgumentException if it is not registered here
     */
    public RetryPolicy retryPolicy(RetryPolicy policy) {
        return StoredRetryPolicy.customName(policy)
                .map(name -> named(name, retryPolicies, "retryPolicy"))
                .orElse(policy);
    }

    /** These, with nothing fetched: a token is made up. */
    public Extensions withoutTokens() {
        return new Extensions(
                signers,
                formats,
                retryPolicies,
                signer -> StoredSigner.tokenUrl(signer).isPresent()
                        ? message -> Map.of("Authorization", "Bearer token")
                        : signer,
                (signer, headers) -> {});
    }

    private static <T> T named(String name, Map<String, T> registered, String what) {
        T found = registered.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no " + what + " is registered under the name " + name
                    + "; register it with WebhookClient.builder()." + what + "(\"" + name + "\", …)");
        }
        return found;
    }
}
