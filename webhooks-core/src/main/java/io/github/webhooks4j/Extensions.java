package io.github.webhooks4j;

import io.github.webhooks4j.signing.Signer;
import io.github.webhooks4j.signing.StoredSigner;
import java.util.Map;

/** What the application registered under names in the client's builder, for webhooks that refer to them. */
record Extensions(Map<String, Signer> signers, Map<String, PayloadFormat> formats) {
    Extensions {
        signers = Map.copyOf(signers);
        formats = Map.copyOf(formats);
    }

    /**
     * The signer that signs.
     *
     * @throws IllegalArgumentException if it is not registered here
     */
    Signer signer(Signer signer) {
        return StoredSigner.customName(signer)
                .map(name -> named(name, signers, "signer"))
                .orElse(signer);
    }

    /**
     * The format that makes bodies.
     *
     * @throws IllegalArgumentException if it is not registered here, or unknown to this version
     */
    PayloadFormat format(PayloadFormat format) {
        if (!(format instanceof ReadyMadeFormat readyMade)) {
            return format;
        }
        return readyMade
                .customName()
                .map(name -> named(name, formats, "payloadFormat"))
                .orElseGet(readyMade::prepared);
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
