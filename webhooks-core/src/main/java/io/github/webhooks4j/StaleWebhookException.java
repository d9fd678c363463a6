package io.github.webhooks4j;

/**
 * The webhook or shared signer is no longer as the caller knows it: somebody changed or removed it since it was read, or it never
 * existed. Nothing was stored. The message says which of these it is. Read it again, repeat the change, and update it.
 */
public final class StaleWebhookException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StaleWebhookException(String message) {
        super(message);
    }
}
