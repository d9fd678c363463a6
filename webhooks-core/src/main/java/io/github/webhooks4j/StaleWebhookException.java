package io.github.webhooks4j;

/**
 * A webhook, or a shared signer, was changed or removed by somebody else since it was read. Nothing was stored: read it again,
 * repeat the change on what is there now, and update that.
 */
public final class StaleWebhookException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StaleWebhookException(String message) {
        super(message);
    }
}
