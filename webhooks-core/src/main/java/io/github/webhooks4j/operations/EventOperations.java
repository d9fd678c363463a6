package io.github.webhooks4j.operations;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.history.EventQuery;
import io.github.webhooks4j.history.Events;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.EventFilter;
import io.github.webhooks4j.store.EventPage;
import io.github.webhooks4j.store.TenantScope;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** What people look up of events, in the scope that it was made for: what is outside is not found. */
public final class EventOperations implements Events {
    /** How many rows a page reads at most in search of what is asked for. */
    private static final int LIST_BUDGET = 5_000;

    private final DeliveryStore store;
    private final Consumer<Delivery> ended;
    private final TenantScope scope;

    /**
     * For all that is in a scope.
     *
     * @param ended told of each delivery that this ends
     */
    public EventOperations(DeliveryStore store, Consumer<Delivery> ended, TenantScope scope) {
        this.store = store;
        this.ended = ended;
        this.scope = scope;
    }

    @Override
    public Page<PublishedEvent> list(EventQuery query) {
        Optional<Place> after = query.after().map(Cursor::event);
        Optional<TenantScope> asked = scope.narrowedTo(query.tenant());
        if (asked.isEmpty()) {
            return new Page<>(List.of(), Optional.empty());
        }
        EventFilter filter = new EventFilter(
                asked.get(),
                query.type(),
                query.publishedSince(),
                query.publishedBefore(),
                query.tests(),
                query.isUnmatched());
        EventPage page = store.history().events(filter, after.map(Place::event), query.limit(), LIST_BUDGET);
        int found = page.events().size();
        Optional<Place> next = page.next().map(key -> new Place(key, ""));
        if (scope.everything() || next.isEmpty() || found == query.limit()) {
            return new Page<>(page.events(), next.map(Cursor::of));
        }
        if (found > 0 && Cursor.isIn(page.events().get(found - 1).publishedAt(), next.get())) {
            return list(query.limit(found));
        }
        return new Page<>(page.events(), Optional.of(Cursor.of(Cursor.vague(next.get(), after))));
    }

    @Override
    public Optional<EventDetails> find(String id) {
        return isPossible(id) ? store.history().event(scope, id) : Optional.empty();
    }

    @Override
    public boolean expunge(String id) {
        Optional<List<Delivery>> canceled = isPossible(id) ? store.history().expunge(scope, id) : Optional.empty();
        canceled.ifPresent(deliveries -> deliveries.forEach(ended));
        return canceled.isPresent();
    }

    private static boolean isPossible(String id) {
        return Objects.requireNonNull(id, "id").indexOf('\0') < 0; // which some databases take for an error
    }
}
