package io.github.webhooks4j.store;

/**
 * The store could not do what was asked. What was asked did not happen, unless the exception is an {@link
 * UnknownCommitException}. Thrown to publishers and by the methods that read or change webhooks; the engine itself backs
 * off and goes on.
 */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean unavailable;

    /**
     * Made by stores.
     *
     * @param message what could not be done
     * @param unavailable whether the store as a whole is out of reach, so that the same call may succeed later; false if
     *     the call itself was refused
     * @param cause the driver's exception
     */
    public StoreException(String message, boolean unavailable, Throwable cause) {
        super(message, cause);
        this.unavailable = unavailable;
    }

    /**
     * Made by stores that refuse a call.
     *
     * @param message what could not be done, and the remedy
     */
    public StoreException(String message) {
        super(message);
        this.unavailable = false;
    }

    /** Whether the store as a whole is out of reach, so that the same call may succeed later. */
    public boolean isUnavailable() {
        return unavailable;
    }
}
