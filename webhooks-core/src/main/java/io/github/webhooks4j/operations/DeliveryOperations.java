package io.github.webhooks4j.operations;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Cancellation;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.history.Bulk;
import io.github.webhooks4j.history.Deliveries;
import io.github.webhooks4j.history.DeliveryDetails;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Recovery;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What people do with deliveries, each in the scope that it was made for: what is outside is not found. */
public final class DeliveryOperations implements Deliveries {
    /** How many rows a page reads at most in search of what is asked for. */
    private static final int LIST_BUDGET = 5_000;
    /** How many deliveries one transaction sends again. */
    private static final int RECOVERED_AT_ONCE = 250;

    private static final int EVENTS_AT_ONCE = 10_000;
    /** How much later each of many is due than the one before: 100 a second. */
    private static final Duration APART = Duration.ofMillis(10);

    private static final Set<DeliveryState> RECOVERABLE = Set.of(DeliveryState.EXHAUSTED, DeliveryState.CANCELED);

    private final DeliveryStore store;
    private final KnownWebhooks webhooks;
    private final Consumer<Delivery> ended;
    private final TenantScope scope;

    /**
     * For all that is in a scope.
     *
     * @param ended told of each delivery that this ends
     */
    public DeliveryOperations(
            DeliveryStore store, KnownWebhooks webhooks, Consumer<Delivery> ended, TenantScope scope) {
        this.store = store;
        this.webhooks = webhooks;
        this.ended = ended;
        this.scope = scope;
    }

    @Override
    public Page<Delivery> list(DeliveryQuery query) {
        Optional<Place> after = query.after().map(Cursor::place);
        Optional<DeliveryFilter> filter = filter(query);
        if (filter.isEmpty()) {
            return new Page<>(List.of(), Optional.empty());
        }
        DeliveryPage page = store.history().list(filter.get(), after, query.limit(), LIST_BUDGET);
        int found = page.deliveries().size();
        if (scope.everything() || page.next().isEmpty() || found == query.limit()) {
            return new Page<>(page.deliveries(), page.next().map(Cursor::of));
        }
        if (found > 0
                && Cursor.isIn(
                        page.deliveries().get(found - 1).publishedAt(),
                        page.next().get())) {
            return list(query.limit(found));
        }
        return new Page<>(page.deliveries(), page.next().map(place -> Cursor.of(Cursor.vague(place, after))));
    }

    /** Empty if it asks for what is outside of the scope, or cannot be there. */
    private Optional<DeliveryFilter> filter(DeliveryQuery query) {
        boolean isNowhere = Stream.of(query.tenant(), query.webhook(), query.event())
                .anyMatch(text -> text.orElse("").indexOf('\0') >= 0); // which some databases take for an error
        Optional<TenantScope> asked = isNowhere ? Optional.empty() : scope.narrowedTo(query.tenant());
        return asked.map(narrowed -> new DeliveryFilter(
                narrowed,
                query.webhook(),
                query.event(),
                query.type(),
                query.states(),
                query.publishedSince(),
                query.publishedBefore(),
                query.tests()));
    }

    @Override
    public Optional<DeliveryDetails> find(String id) {
        return inScope(id)
                .map(delivery -> new DeliveryDetails(
                        delivery,
                        store.history().attempts(parsed(delivery.id())).stream()
                                .map(attempt -> withUrl(attempt, delivery))
                                .toList()));
    }

    private Optional<Delivery> inScope(String id) {
        return DeliveryId.parse(Objects.requireNonNull(id, "id"))
                .flatMap(store.history()::find)
                .filter(delivery -> scope.includes(delivery.tenant()));
    }

    private static DeliveryId parsed(String id) {
        return DeliveryId.parse(id).orElseThrow();
    }

    private AttemptDetails withUrl(AttemptDetails attempt, Delivery delivery) {
        return webhook(delivery)
                .filter(webhook -> attempt.webhookVersion() > 0 && webhook.version() == attempt.webhookVersion())
                .map(webhook -> attempt.withUrl(webhook.url()))
                .orElse(attempt);
    }

    /** The webhook of a delivery; empty if it was removed, though another tenant's may have its id since. */
    private Optional<KnownWebhooks.Known> webhook(Delivery delivery) {
        return webhooks.find(delivery.webhookId())
                .filter(webhook -> webhook.tenant().equals(delivery.tenant()));
    }

    @Override
    public Redelivery redeliver(String id) {
        Optional<Delivery> delivery = inScope(id);
        if (delivery.isEmpty()) {
            return Redelivery.NOT_FOUND;
        }
        String webhookId = delivery.get().webhookId();
        Optional<KnownWebhooks.Known> webhook = webhook(delivery.get()).filter(KnownWebhooks.Known::takes);
        if (webhook.isEmpty()) {
            return Redelivery.NO_WEBHOOK;
        }
        Redelivery done = store.queue().redeliver(parsed(delivery.get().id()));
        if (done == Redelivery.DUE) {
            webhooks.due(webhookId);
        }
        return done == Redelivery.DUE && webhook.get().held() ? Redelivery.HELD : done;
    }

    @Override
    public Cancellation cancel(String id) {
        Optional<Delivery> delivery = inScope(id);
        if (delivery.isEmpty()) {
            return Cancellation.NOT_FOUND;
        }
        Cancellation done = store.queue().cancel(parsed(delivery.get().id()));
        if (done == Cancellation.CANCELED || done == Cancellation.CANCELED_UNDER_WAY) {
            inScope(id).ifPresent(ended);
        }
        return done;
    }

    // ---- many at once

    @Override
    public Bulk recover(DeliveryQuery query) {
        Set<DeliveryState> states = query.states().isEmpty() ? RECOVERABLE : query.states();
        if (!RECOVERABLE.containsAll(states)) {
            throw new IllegalArgumentException("states is " + states
                    + "; only what is EXHAUSTED or CANCELED can be recovered: leave the states out, or use redeliver");
        }
        Optional<DeliveryFilter> filter = filter(query.states(states.toArray(DeliveryState[]::new)));
        Instant endedBy = store.now();
        return filter.<Bulk>map(meant -> new Steps<Place>((dry, done, after) -> {
                    Instant dueFrom = store.now().plus(APART.multipliedBy(done));
                    Recovery step = new Recovery(meant, endedBy, dueFrom, APART, dry, after);
                    return store.queue().recover(step, RECOVERED_AT_ONCE, LIST_BUDGET);
                }))
                .orElseGet(NothingToDo::new);
    }

    @Override
    public Bulk replay(String webhookId, Instant since) {
        Objects.requireNonNull(since, "since");
        KnownWebhooks.Known webhook = webhooks.find(Objects.requireNonNull(webhookId, "webhookId"))
                .filter(known -> scope.includes(known.tenant()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no webhook \"" + webhookId + "\"; give the id of one that is registered"));
        if (!webhook.takes()) {
            throw new IllegalArgumentException("webhook \"" + webhookId
                    + "\" is disabled by hand and gets nothing; call resume(\"" + webhookId + "\") first");
        }
        Instant before = store.now();
        return new Steps<UUID>((dry, done, after) -> {
            Instant dueFrom = store.now().plus(APART.multipliedBy(done));
            Replay step =
                    new Replay(webhookId, webhook.tenant(), webhook.types(), since, before, dueFrom, APART, dry, after);
            BulkStep<UUID> made = store.queue().replay(step, EVENTS_AT_ONCE);
            if (!dry && made.done() > 0) {
                webhooks.due(webhookId);
            }
            return made;
        });
    }
}
