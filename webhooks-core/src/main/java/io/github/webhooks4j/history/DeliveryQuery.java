package io.github.webhooks4j.history;

import io.github.webhooks4j.delivery.DeliveryState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which deliveries to list, the newest first. Immutable: each method returns a changed copy. All conditions must hold.
 *
 * <pre>{@code
 * Page<Delivery> failed = webhooks.deliveries().list(DeliveryQuery.all()
 *         .webhook("customer-1").states(EXHAUSTED).publishedSince(yesterday).limit(50));
 * }</pre>
 */
public final class DeliveryQuery {
    private static final int MAX_LIMIT = 1000;
    private static final DeliveryQuery ALL = new DeliveryQuery(new Conditions());

    private final Conditions conditions;

    private DeliveryQuery(Conditions conditions) {
        this.conditions = conditions;
    }

    /** What a query is made of; changed before it is given to one, never after. */
    private static final class Conditions {
        Optional<String> tenant = Optional.empty();
        Optional<String> webhook = Optional.empty();
        Optional<String> event = Optional.empty();
        Optional<String> type = Optional.empty();
        Set<DeliveryState> states = Set.of();
        Optional<Instant> publishedSince = Optional.empty();
        Optional<Instant> publishedBefore = Optional.empty();
        Optional<Boolean> test = Optional.empty();
        Optional<String> after = Optional.empty();
        int limit = 100;

        Conditions copy() {
            Conditions copy = new Conditions();
            copy.tenant = tenant;
            copy.webhook = webhook;
            copy.event = event;
            copy.type = type;
            copy.states = states;
            copy.publishedSince = publishedSince;
            copy.publishedBefore = publishedBefore;
            copy.test = test;
            copy.after = after;
            copy.limit = limit;
            return copy;
        }
    }

    /** Every delivery, 100 to a page. */
    public static DeliveryQuery all() {
        return ALL;
    }

    /** Only deliveries of this tenant. */
    public DeliveryQuery tenant(String tenant) {
        Conditions changed = conditions.copy();
        changed.tenant = Optional.of(Objects.requireNonNull(tenant, "tenant"));
        return new DeliveryQuery(changed);
    }

    /** Only deliveries to this webhook, also if it was removed. */
    public DeliveryQuery webhook(String webhookId) {
        Conditions changed = conditions.copy();
        changed.webhook = Optional.of(Objects.requireNonNull(webhookId, "webhookId"));
        return new DeliveryQuery(changed);
    }

    /**
     * Only deliveries of the event with this id. An id is unique within its tenant: give the tenant with it, unless it is an id that
     * the library made, or the event has no tenant. An event with an id of the application's own is not found any more once it is no
     * longer stored.
     */
    public DeliveryQuery event(String eventId) {
        Conditions changed = conditions.copy();
        changed.event = Optional.of(Objects.requireNonNull(eventId, "eventId"));
        return new DeliveryQuery(changed);
    }

    /** Only deliveries of events of this type. */
    public DeliveryQuery type(String eventType) {
        Conditions changed = conditions.copy();
        changed.type = Optional.of(Objects.requireNonNull(eventType, "eventType"));
        return new DeliveryQuery(changed);
    }

    /** Only deliveries in one of these states; in any, if none is given. */
    public DeliveryQuery states(DeliveryState... states) {
        Conditions changed = conditions.copy();
        changed.states = Set.of(states);
        return new DeliveryQuery(changed);
    }

    /** Only deliveries of events that were published at this instant or later. */
    public DeliveryQuery publishedSince(Instant instant) {
        Conditions changed = conditions.copy();
        changed.publishedSince = Optional.of(Objects.requireNonNull(instant, "instant"));
        return new DeliveryQuery(changed);
    }

    /** Only deliveries of events that were published before this instant. */
    public DeliveryQuery publishedBefore(Instant instant) {
        Conditions changed = conditions.copy();
        changed.publishedBefore = Optional.of(Objects.requireNonNull(instant, "instant"));
        return new DeliveryQuery(changed);
    }

    /** Only test calls, or none of them. Default: either. */
    public DeliveryQuery tests(boolean tests) {
        Conditions changed = conditions.copy();
        changed.test = Optional.of(tests);
        return new DeliveryQuery(changed);
    }

    /** Only deliveries after the previous page; pass its {@link Page#next}. */
    public DeliveryQuery after(String next) {
        Conditions changed = conditions.copy();
        changed.after = Optional.of(Objects.requireNonNull(next, "next"));
        return new DeliveryQuery(changed);
    }

    /** At most this many to a page, 1 to 1000. */
    public DeliveryQuery limit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit is " + limit + "; it must be 1 to " + MAX_LIMIT);
        }
        Conditions changed = conditions.copy();
        changed.limit = limit;
        return new DeliveryQuery(changed);
    }

    /** See {@link #tenant(String)}; empty for all tenants. */
    public Optional<String> tenant() {
        return conditions.tenant;
    }

    /** See {@link #webhook(String)}; empty for all webhooks. */
    public Optional<String> webhook() {
        return conditions.webhook;
    }

    /** See {@link #event(String)}; empty for all events. */
    public Optional<String> event() {
        return conditions.event;
    }

    /** See {@link #type(String)}; empty for all types. */
    public Optional<String> type() {
        return conditions.type;
    }

    /** See {@link #states(DeliveryState...)}; empty for all states. */
    public Set<DeliveryState> states() {
        return conditions.states;
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

    /** See {@link #after(String)}; empty for the first page. */
    public Optional<String> after() {
        return conditions.after;
    }

    /** See {@link #limit(int)}. */
    public int limit() {
        return conditions.limit;
    }
}
