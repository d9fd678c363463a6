package io.github.webhooks4j.store;

import java.util.List;

/**
 * The connection was lost during a commit, so nobody knows whether the events were stored. Publishing them again under the ids given
 * here is safe: an event that was stored is reported as a duplicate. If the commit was that of the application's own transaction,
 * everything else that it wrote is as unknown as the events: repeat the whole transaction.
 */
public final class UnknownCommitException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String[] eventIds;

    /**
     * Made by stores.
     *
     * @param eventIds the ids of the events that may or may not have been stored
     * @param cause the driver's exception
     */
    public UnknownCommitException(List<String> eventIds, Throwable cause) {
        super(
                "the connection was lost during the commit of " + eventIds.size()
                        + " event(s), which may or may not have been stored. Publish them again under the same ids: "
                        + eventIds,
                true,
                cause);
        this.eventIds = eventIds.toArray(String[]::new);
    }

    /** The ids of the events that may or may not have been stored. */
    public List<String> eventIds() {
        return List.of(eventIds);
    }
}
