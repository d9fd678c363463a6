package io.github.webhooks4j.contract;

import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.TenantScope;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Says word by word which deliveries a list is of. */
final class Which {
    private final TenantScope scope;
    private Optional<String> webhookId = Optional.empty();
    private Optional<String> eventId = Optional.empty();
    private Optional<String> type = Optional.empty();
    private Set<DeliveryState> states = Set.of();
    private Optional<Instant> publishedSince = Optional.empty();
    private Optional<Instant> publishedBefore = Optional.empty();
    private Optional<Boolean> test = Optional.empty();

    private Which(TenantScope scope) {
        this.scope = scope;
    }

    static Which in(TenantScope scope) {
        return new Which(scope);
    }

    DeliveryFilter filter() {
        return new DeliveryFilter(scope, webhookId, eventId, type, states, publishedSince, publishedBefore, test);
    }

    Which webhook(String id) {
        webhookId = Optional.of(id);
        return this;
    }

    Which event(String id) {
        eventId = Optional.of(id);
        return this;
    }

    Which type(String is) {
        type = Optional.of(is);
        return this;
    }

    Which states(DeliveryState... any) {
        states = Set.of(any);
        return this;
    }

    Which since(Instant at) {
        publishedSince = Optional.of(at);
        return this;
    }

    Which before(Instant at) {
        publishedBefore = Optional.of(at);
        return this;
    }

    Which test(boolean is) {
        test = Optional.of(is);
        return this;
    }
}
