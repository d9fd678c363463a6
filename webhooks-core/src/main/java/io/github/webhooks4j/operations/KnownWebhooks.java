package io.github.webhooks4j.operations;

import java.util.Optional;
import java.util.function.Predicate;

/** The webhooks, as those see them who look after deliveries. Safe for use by any thread. */
public interface KnownWebhooks {
    /** The webhook as this node knows it; empty if it does not know it, or it was removed. */
    Optional<Known> find(String webhookId);

    /** Deliveries of this webhook are due now: somebody may send them. */
    void due(String webhookId);

    /**
     * A webhook.
     *
     * @param version of its settings
     * @param takes whether it takes or holds events; if not, it was disabled by hand
     * @param held whether nothing is sent to it at the moment
     * @param types whether it subscribes to a type of events
     */
    record Known(
            Optional<String> tenant, long version, String url, boolean takes, boolean held, Predicate<String> types) {
        /** Does not show the URL. */
        @Override
        public String toString() {
            return "Known[version=" + version + ", takes=" + takes + ", held=" + held + "]";
        }
    }
}
