package io.github.webhooks4j.store;

/**
 * The store could not do what was asked. Nothing happened, unless this is an {@link UnknownCommitException}. Publishing and the
 * methods that read or change webhooks throw it. Deliveries go on by themselves when the store is back.
 */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean unavailable;

    /**
     * Made by stores.
     *
     * @param message what could not be done
     * @param unavailable whether the whole store is out of reach, so that the same call may succeed later; false if the store
     *     refused this call
     * @param cause the driver's exception
     */
    public StoreException(String message, boolean unavailable, Throwable cause) {
        super(message, cause);
        this.unavailable = unavailable;
    }

    /**
     * Made by stores that refuse a call.
     *
     * @param message what could not be done, and what to do about it
     */
    public StoreException(String message) {
        super(message);
        this.unavailable = false;
    }

    /** Whether the whole store is out of reach, so that the same call may succeed later. */
    public boolean isUnavailable() {
        return unavailable;
    }
}
