package io.github.webhooks4j.payload;

/** A format could not make a body from an event. The message says why, and shows nothing of the event or the template. */
public final class RenderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RenderException(String message) {
        super(message);
    }
}
