package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.PublishedEvent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A part of a list of events, the newest first.
 *
 * @param events of the list; fewer than wanted, or none, if many were read that the filter leaves out
 * @param next after which key the list goes on; empty at its end
 */
public record EventPage(List<PublishedEvent> events, Optional<UUID> next) {
    /** Copies the events. */
    public EventPage {
        events = List.copyOf(events);
        Objects.requireNonNull(next, "next");
    }
}
