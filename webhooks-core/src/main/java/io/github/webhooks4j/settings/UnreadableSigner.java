package io.github.webhooks4j.settings;

import io.github.webhooks4j.signing.Message;
import io.github.webhooks4j.signing.Signer;
import java.util.Map;

/**
 * Stands for a stored signer that this node cannot read, since it lacks the key of its secrets or is too old.
 *
 * @param kind which signer it is
 */
public record UnreadableSigner(String kind) implements Signer {
    @Override
    public Map<String, String> headers(Message message) {
        throw new IllegalStateException("this signer cannot be read by this node");
    }
}
