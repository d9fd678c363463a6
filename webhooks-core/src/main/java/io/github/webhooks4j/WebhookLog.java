package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.settings.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator, in the log, what happens to webhooks: which one, where it is, what went wrong and what to do. Never a path
 * or a query of a URL, nor what a receiver answered. Safe for use by any thread.
 */
final class WebhookLog {
    private static final Logger log = LoggerFactory.getLogger(WebhookLog.class);
    /** A receiver that fails now and then is told of once in so long. */
    private static final Duration QUIET = Duration.ofHours(1);

    private final Map<String, Instant> told = new ConcurrentHashMap<>();

    /** A webhook that worked until now has failed. */
    void failed(WebhookSettings webhook, Attempt attempt, Optional<Instant> nextAttemptAt, Instant now) {
        Instant before = told.get(webhook.id());
        if (before != null && Duration.between(before, now).compareTo(QUIET) < 0) {
            return;
        }
        told.put(webhook.id(), now);
        log.info(
                "webhook {} ({}): an attempt failed, {}; {}",
                webhook.id(),
                host(webhook),
                text(attempt),
                nextAttemptAt
                        .map(next -> "the next attempt is in "
                                + Math.max(0, Duration.between(now, next).toSeconds()) + " s")
                        .orElse("there is no further attempt"));
    }

    /**
     * What people would notice of a webhook has changed.
     *
     * @param last the attempt that brought it about; empty if somebody did it by hand
     */
    void changed(WebhookSettings webhook, WebhookStatus before, Optional<Attempt> last) {
        WebhookStatus after = webhook.status();
        String error = last.map(attempt -> "; last error: " + text(attempt)).orElse("");
        if (after.state() == Webhook.State.DISABLED && last.isPresent()) {
            log.warn(
                    "webhook {} ({}) is disabled: {}{}. Its events are kept for 14 days. Call resume(\"{}\") when the receiver"
                            + " is back, or remove it",
                    webhook.id(),
                    host(webhook),
                    why(after),
                    error,
                    webhook.id());
        } else if (after.failing() && !before.failing()) {
            log.warn(
                    "webhook {} ({}) is FAILING: several attempts in a row failed, or a delivery had its last one{}. Its"
                            + " deliveries are tried again by its schedule. Check the receiver and the webhook's settings",
                    webhook.id(),
                    host(webhook),
                    error);
        } else {
            log.info(
                    "webhook {} ({}) is now {}, {}",
                    webhook.id(),
                    host(webhook),
                    after.state(),
                    after.failing() ? Webhook.Health.FAILING : Webhook.Health.HEALTHY);
        }
    }

    private static String why(WebhookStatus status) {
        return status.reason().filter(Webhook.DisabledReason.GONE::equals).isPresent()
                ? "its receiver answered 410 (gone)"
                : "it had nothing but failures for " + WebhookStatus.DISABLED_AFTER.toDays() + " days";
    }

    void forget(String webhookId) {
        told.remove(webhookId);
    }

    private static String host(WebhookSettings webhook) {
        return webhook.url().contains("://") ? Origin.of(webhook.url()) : "unknown host";
    }

    /** Such as {@code it was answered 503}, or {@code there was no answer in time (TIMEOUT)}. */
    private static String text(Attempt attempt) {
        return attempt.failure()
                .map(failure -> attempt.text() + " (" + failure + ")")
                .orElseGet(() -> "it was " + attempt.text());
    }
}
