package io.github.webhooks4j.history;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Which events to list, the newest first. Immutable: each method returns a changed copy. All conditions must hold.
 *
 * <pre>{@code
 * Page<PublishedEvent> paid = webhooks.events().list(EventQuery.all().tenant("acme").type("invoice.paid").limit(50));
 * }</pre>
 */
public final class EventQuery {
    private static final int MAX_LIMIT = 1000;
    private static final EventQuery ALL = new EventQuery(new Conditions());

    private final Conditions conditions;

    private EventQuery(Conditions conditions) {
        this.conditions = conditions;
    }

    /** What a query is made of; changed before it is given to one, never after. */
    private static final class Conditions {
        Optional<String> tenant = Optional.empty();
        Optional<String> type = Optional.empty();
        Optional<Instant> publishedSince = Optional.empty();
        Optional<Instant> publishedBefore = Optional.empty();
        Optional<Boolean> test = Optional.empty();
        boolean unmatched;
        Optional<String> after = Optional.empty();
        int limit = 100;

        Conditions copy() {
            Conditions copy = new Conditions();
            copy.tenant = tenant;
            copy.type = type;
            copy.publishedSince = publishedSince;
            copy.publishedBefore = publishedBefore;
            copy.test = test;
            copy.unmatched = unmatched;
            copy.after = after;
            copy.limit = limit;
            return copy;
        }
    }

    /** Every event, 100 to a page. */
    public static EventQuery all() {
        return ALL;
    }

    /** Only events of this tenant. */
    public EventQuery tenant(String tenant) {
        Conditions changed = conditions.copy();
        changed.tenant = Optional.of(Objects.requireNonNull(tenant, "tenant"));
        return new EventQuery(changed);
    }

    /** Only events of this type. */
    public EventQuery type(String eventType) {
        Conditions changed = conditions.copy();
        changed.type = Optional.of(Objects.requireNonNull(eventType, "eventType"));
        return new EventQuery(changed);
    }

    /** Only events that were published at this instant or later. */
    public EventQuery publishedSince(Instant instant) {
        Conditions changed = conditions.copy();
        changed.publishedSince = Optional.of(Objects.requireNonNull(instant, "instant"));
        return new EventQuery(changed);
    }

    /** Only events that were published before this instant. */
    public EventQuery publishedBefore(Instant instant) {
        Conditions changed = conditions.copy();
        changed.publishedBefore = Optional.of(Objects.requireNonNull(instant, "instant"));
        return new EventQuery(changed);
    }

    /** Only events of test calls, or none of them. Default: either. */
    public EventQuery tests(boolean tests) {
        Conditions changed = conditions.copy();
        changed.test = Optional.of(tests);
        return new EventQuery(changed);
    }

    /** Only events that went to no webhook when they were published. */
    public EventQuery unmatched() {
        Conditions changed = conditions.copy();
        changed.unmatched = true;
        return new EventQuery(changed);
    }

    /** Only events after the previous page; pass its {@link Page#next}. */
    public EventQuery after(String next) {
        Conditions changed = conditions.copy();
        changed.after = Optional.of(Objects.requireNonNull(next, "next"));
        return new EventQuery(changed);
    }

    /** At most this many to a page, 1 to 1000. */
    public EventQuery limit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit is " + limit + "; it must be 1 to " + MAX_LIMIT);
        }
        Conditions changed = conditions.copy();
        changed.limit = limit;
        return new EventQuery(changed);
    }

    /** See {@link #tenant(String)}; empty for all tenants. */
    public Optional<String> tenant() {
        return conditions.tenant;
    }

    /** See {@link #type(String)}; empty for all types. */
    public Optional<String> type() {
        return conditions.type;
    }

    /** See {@link #publishedSince(Instant)}; empty for no bound. */
    public Optional<Instant> publishedSince() {
        return conditions.publishedSince;
    }

    /** See {@link #publishedBefore(Instant)}; empty for no bound. */
    public Optional<Instant> publishedBefore() {
        return conditions.publishedBefore;
    }

    /** See {@link #tests(boolean)}; empty for either. */
    public Optional<Boolean> tests() {
        return conditions.test;
    }

    /** See {@link #unmatched()}. */
    public boolean isUnmatched() {
        return conditions.unmatched;
    }

    /** See {@link #after(String)}; empty for the first page. */
    public Optional<String> after() {
        return conditions.after;
    }

    /** See {@link #limit(int)}. */
    public int limit() {
        return conditions.limit;
    }
}
