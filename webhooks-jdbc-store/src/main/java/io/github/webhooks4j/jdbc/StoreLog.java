package io.github.webhooks4j.jdbc;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one logger of this module, named after the store that applications know. */
final class StoreLog {
    static final Logger LOG = LoggerFactory.getLogger("io.github.webhooks4j.jdbc.JdbcDeliveryStore");

    private StoreLog() {}

    /** Somebody deleted an event from outside. */
    static void missing(UUID event, String webhookId) {
        LOG.warn(
                "event {} is missing, which a delivery to webhook {} needs; somebody deleted its row",
                event,
                webhookId);
    }
}
