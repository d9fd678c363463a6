package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.Webhook;
import io.github.webhooks4j.store.DeliveryStore.NewDelivery;
import io.github.webhooks4j.store.DeliveryStore.NewEvent;
import io.github.webhooks4j.store.DeliveryStore.StoredEvent;
import io.github.webhooks4j.store.DeliveryStore.WebhookRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Rows for tests. */
final class StoreRows {
    private StoreRows() {}

    static WebhookRow webhook(String id) {
        return new WebhookRow(
                id, Optional.empty(), Webhook.State.ACTIVE, 0, Instant.EPOCH, false, "{}", Map.of("secret", "geheim"));
    }

    static NewEvent event(String id, String webhookId) {
        StoredEvent event = new StoredEvent(
                UUID.randomUUID(),
                id,
                Optional.empty(),
                "user.made",
                Instant.EPOCH,
                "application/json",
                true,
                new byte[1]);
        return new NewEvent(event, List.of(new NewDelivery(webhookId, Optional.empty(), Duration.ZERO)));
    }

    /** A store, not yet open, that keeps secrets as they are. */
    static JdbcDeliveryStore store(DataSource dataSource) {
        return JdbcDeliveryStore.builder(dataSource)
                .secretKeys(SecretKeys.plaintext())
                .build();
    }
}
