package io.github.webhooks4j.engine;

import io.github.webhooks4j.delivery.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where deliveries go: this node's view of the webhooks, as the engine sees it. Safe for use by any thread. */
public interface Targets {
    /** Reads from the store what has changed. */
    void refresh();

    /** How old the view is. */
    Duration age();

    /** What sends to a webhook; null if it is not known, not active, cannot be sent to from here, or its breaker is open. */
    @Nullable
    Target active(String webhookId);

    /** What sends to a webhook, be its breaker open or not; null as for {@link #active}. */
    @Nullable
    Target activeOrBroken(String webhookId);

    /** Until when the breaker of a webhook is open; empty if it is not, or nothing can be sent there anyway. */
    Optional<Instant> brokenUntil(String webhookId);

    /** Whether what was held for a webhook is being discarded: new deliveries are sent, and nothing is claimed until then. */
    boolean isDiscarding(String webhookId);

    /** How often a webhook may be sent to; empty if there is no limit, or it is not known. */
    Optional<RateLimit> rateLimit(String webhookId);

    /** The store has deliveries of this webhook that have not ended. Called now and then, by the engine's thread. */
    void found(String webhookId);

    /**
     * Finds out whether this node, and no other, is to try whether the receiver of a webhook is back.
     *
     * @param lease for how long it may
     * @param answered told so, by another thread
     */
    void probe(String webhookId, Duration lease, Consumer<Boolean> answered);
}
