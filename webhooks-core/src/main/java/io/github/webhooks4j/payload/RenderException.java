package io.github.webhooks4j.payload;

/** A body cannot be made of an event. The message says why, and holds nothing of the event or the template. */
public final class RenderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RenderException(String message) {
        super(message);
    }
}
