package io.github.webhooks4j.telemetry;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/**
 * The ids in SLF4J's MDC while this thread has to do with a delivery or a webhook: with them, the lines of signers, formats, retry
 * policies and listeners of the application's can be found. {@link #end} puts back what was there before. Costs nothing where the
 * logging backend has no MDC.
 */
public final class LogContext {
    static final String DELIVERY = "webhooks4j.delivery";
    static final String EVENT = "webhooks4j.event";
    static final String WEBHOOK = "webhooks4j.webhook";
    static final String TENANT = "webhooks4j.tenant";

    private static final Logger log = LoggerFactory.getLogger(LogContext.class);
    /** Nothing was changed. */
    private static final LogContext UNCHANGED = new LogContext(null, null, null, null);
    /** Nothing was there. */
    private static final LogContext EMPTY = new LogContext(null, null, null, null);

    private final @Nullable String delivery;
    private final @Nullable String event;
    private final @Nullable String webhook;
    private final @Nullable String tenant;

    private LogContext(
            @Nullable String delivery, @Nullable String event, @Nullable String webhook, @Nullable String tenant) {
        this.delivery = delivery;
        this.event = event;
        this.webhook = webhook;
        this.tenant = tenant;
    }

    /** This thread makes the request of a delivery. */
    public static LogContext of(Claimed claimed) {
        if (!isInUse()) {
            return UNCHANGED;
        }
        String webhookId = claimed.claim().webhookId();
        String delivery = DeliveryId.of(claimed.event().key(), webhookId).toString();
        return begin(delivery, claimed.event().id(), webhookId, claimed.event().tenant());
    }

    /** This thread tells of a delivery. */
    public static LogContext of(Delivery delivery) {
        return isInUse()
                ? begin(delivery.id(), delivery.eventId(), delivery.webhookId(), delivery.tenant())
                : UNCHANGED;
    }

    /** This thread tells of a webhook. */
    public static LogContext of(String webhookId, Optional<String> tenant) {
        return isInUse() ? begin(null, null, webhookId, tenant) : UNCHANGED;
    }

    private static boolean isInUse() {
        MDCAdapter adapter = MDC.getMDCAdapter();
        return adapter != null && !(adapter instanceof NOPMDCAdapter);
    }

    private static LogContext begin(
            @Nullable String delivery, @Nullable String event, String webhook, Optional<String> tenant) {
        LogContext before = UNCHANGED;
        try {
            before = now();
            set(DELIVERY, delivery);
            set(EVENT, event);
            set(WEBHOOK, webhook);
            set(TENANT, tenant.orElse(null));
        } catch (RuntimeException e) {
            log.debug("the MDC of the logging backend does not work", e);
        }
        return before;
    }

    private static LogContext now() {
        String delivery = MDC.get(DELIVERY);
        String event = MDC.get(EVENT);
        String webhook = MDC.get(WEBHOOK);
        String tenant = MDC.get(TENANT);
        return delivery == null && event == null && webhook == null && tenant == null
                ? EMPTY
                : new LogContext(delivery, event, webhook, tenant);
    }

    private static void set(String key, @Nullable String value) {
        if (value == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, value);
        }
    }

    /** That is over. */
    public void end() {
        if (this == UNCHANGED) {
            return;
        }
        try {
            set(DELIVERY, delivery);
            set(EVENT, event);
            set(WEBHOOK, webhook);
            set(TENANT, tenant);
        } catch (RuntimeException e) {
            log.debug("the MDC of the logging backend does not work", e);
        }
    }
}
