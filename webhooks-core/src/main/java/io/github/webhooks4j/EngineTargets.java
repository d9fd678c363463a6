package io.github.webhooks4j;

import io.github.webhooks4j.delivery.RateLimit;
import io.github.webhooks4j.documents.KnownDocuments;
import io.github.webhooks4j.engine.Target;
import io.github.webhooks4j.engine.Targets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The webhooks, as the engine sees them.
 *
 * @param onFound told which webhooks the store has deliveries of
 */
record EngineTargets(KnownDocuments documents, Registry registry, StatusChanges statuses, Consumer<String> onFound)
        implements Targets {
    @Override
    public void refresh() {
        documents.refresh();
    }

    @Override
    public Duration age() {
        return documents.age();
    }

    @Override
    public @Nullable Target active(String webhookId) {
        return registry.active(webhookId);
    }

    @Override
    public @Nullable Target activeOrBroken(String webhookId) {
        return registry.activeOrBroken(webhookId);
    }

    @Override
    public Optional<Instant> brokenUntil(String webhookId) {
        return registry.brokenUntil(webhookId);
    }

    @Override
    public boolean isDiscarding(String webhookId) {
        return registry.status(webhookId).filter(WebhookStatus::isDiscarding).isPresent();
    }

    @Override
    public Optional<RateLimit> rateLimit(String webhookId) {
        return registry.rateLimit(webhookId);
    }

    @Override
    public void found(String webhookId) {
        onFound.accept(webhookId);
    }

    @Override
    public void probe(String webhookId, Duration lease, Consumer<Boolean> answered) {
        statuses.probe(webhookId, lease, answered);
    }
}
