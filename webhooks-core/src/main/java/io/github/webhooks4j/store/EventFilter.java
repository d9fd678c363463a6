package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.PublishedEvent;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Which events a list is of. All conditions must hold.
 *
 * @param scope of which tenants
 * @param type of this type; empty for all
 * @param publishedSince published at or after this instant; empty for all
 * @param publishedBefore published before this instant; empty for all
 * @param test whether of test calls; empty for either
 * @param unmatched whether only those are meant that went to no webhook when they were published
 */
public record EventFilter(
        TenantScope scope,
        Optional<String> type,
        Optional<Instant> publishedSince,
        Optional<Instant> publishedBefore,
        Optional<Boolean> test,
        boolean unmatched) {
    /** Checks for null only. */
    public EventFilter {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(publishedSince, "publishedSince");
        Objects.requireNonNull(publishedBefore, "publishedBefore");
        Objects.requireNonNull(test, "test");
    }

    /** Every event in this scope. */
    public static EventFilter all(TenantScope scope) {
        return new EventFilter(scope, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** Whether an event is meant, by what a store may have no index for: all but when it was published. */
    public boolean includes(Optional<String> tenant, String ofType, int webhooks, boolean isTest) {
        return scope.includes(tenant)
                && type.filter(each -> !each.equals(ofType)).isEmpty()
                && test.filter(each -> each != isTest).isEmpty()
                && (!unmatched || webhooks == 0);
    }

    /** Whether an event is meant. */
    public boolean includes(PublishedEvent event) {
        return includes(event.tenant(), event.type(), event.webhooks(), event.test())
                && publishedSince.filter(event.publishedAt()::isBefore).isEmpty()
                && publishedBefore
                        .filter(before -> !event.publishedAt().isBefore(before))
                        .isEmpty();
    }
}
