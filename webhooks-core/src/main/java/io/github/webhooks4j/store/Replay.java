package io.github.webhooks4j.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Which events to deliver to a webhook that never got them, and where to go on. It is done some at a time, the oldest first.
 *
 * @param webhookId the webhook
 * @param tenant of the events; empty for those without one
 * @param types which types of events
 * @param since only what was published at this instant or later
 * @param before only what was published before this instant
 * @param dueFrom when the first of them is due
 * @param apart how much later each is due than the one before
 * @param dry whether they are counted only, and nothing is changed
 * @param after goes on after the event with this key; empty to begin
 */
public record Replay(
        String webhookId,
        Optional<String> tenant,
        Predicate<String> types,
        Instant since,
        Instant before,
        Instant dueFrom,
        Duration apart,
        boolean dry,
        Optional<UUID> after) {
    /** Checks for null only. */
    public Replay {
        Objects.requireNonNull(webhookId, "webhookId");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(types, "types");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(dueFrom, "dueFrom");
        Objects.requireNonNull(apart, "apart");
        Objects.requireNonNull(after, "after");
    }
}
