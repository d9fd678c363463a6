package io.github.webhooks4j.store;

import java.util.List;

/**
 * The connection was lost while a commit was under way, so that it is not known whether the events were stored. Publishing
 * them again under the ids given here is safe: an event that was stored is reported as a duplicate. Of a transaction of the
 * application's own, what else it wrote is as unknown as the events: it is the whole transaction that must be repeated.
 */
public final class UnknownCommitException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String[] eventIds;

    /**
     * Made by stores.
     *
     * @param eventIds the ids of the events whose fate is unknown
     * @param cause the driver's exception
     */
    public UnknownCommitException(List<String> eventIds, Throwable cause) {
        super(
                "the connection was lost during the commit of " + eventIds.size()
                        + " event(s); it is unknown whether they were stored. Repeat it, with the events under the same ids: "
                        + eventIds,
                true,
                cause);
        this.eventIds = eventIds.toArray(String[]::new);
    }

    /** The ids of the events whose fate is unknown. */
    public List<String> eventIds() {
        return List.of(eventIds);
    }
}
