package io.github.webhooks4j.jdbc;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Rows for tests. */
final class StoreRows {
    /** After all keys, which are at random. */
    static final Instant LATER = Instant.ofEpochMilli((1L << 48) - 1);

    private StoreRows() {}

    static Document webhook(String id) {
        return document(DocumentKind.WEBHOOK, id, Optional.empty(), Map.of("secret", "geheim"));
    }

    static Document document(DocumentKind kind, String id, Optional<String> tenant, Map<String, String> secrets) {
        return Document.of(kind, id, tenant, 0, "{}", secrets);
    }

    static Optional<Document> save(JdbcDeliveryStore store, Document document) {
        return store.documents().save(document, List.of());
    }

    static Optional<Document> find(JdbcDeliveryStore store, String webhookId) {
        return store.documents().find(DocumentKind.WEBHOOK, webhookId);
    }

    static NewEvent event(String id, String webhookId) {
        StoredEvent event = new StoredEvent(
                key(),
                id,
                Optional.empty(),
                "user.made",
                Instant.EPOCH,
                "application/json",
                true,
                Map.of(),
                new byte[1]);
        return new NewEvent(event, List.of(new NewDelivery(webhookId, Optional.empty(), Duration.ZERO)));
    }

    /** A key of version 7, as all are that stores are given. */
    static UUID key() {
        UUID random = UUID.randomUUID();
        return new UUID((random.getMostSignificantBits() & ~0xF000L) | 0x7000, random.getLeastSignificantBits());
    }

    /** Cancels all deliveries of a webhook. */
    static Sweep cancel(String webhookId) {
        return new Sweep(webhookId, DeliveryState.CANCELED, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A store, not yet open, that keeps secrets as they are. */
    static JdbcDeliveryStore store(DataSource dataSource) {
        return JdbcDeliveryStore.builder(dataSource)
                .secretKeys(SecretKeys.plaintext())
                .build();
    }
}
