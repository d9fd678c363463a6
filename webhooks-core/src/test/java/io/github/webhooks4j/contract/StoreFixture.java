package io.github.webhooks4j.contract;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.Document;
import io.github.webhooks4j.store.DocumentKind;
import io.github.webhooks4j.store.Histories;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Outcome;
import io.github.webhooks4j.store.Outcomes;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import io.github.webhooks4j.store.Want;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The store under test, and short words for what the tests do with it. */
abstract class StoreFixture {
    static final Duration LEASE = Duration.ofMinutes(1);
    static final Duration TICK = Duration.ofMillis(1);
    static final Optional<String> NO_TENANT = Optional.empty();

    private static final AtomicLong KEYS = new AtomicLong();

    DeliveryStore store;

    /** A store that is open and empty. */
    protected abstract DeliveryStore openStore() throws Exception;

    /** Lets time pass on the store's clock, which stands still otherwise. */
    protected abstract void elapse(Duration duration);

    @BeforeEach
    final void openTheStore() throws Exception {
        store = openStore();
    }

    @AfterEach
    final void closeTheStore() {
        store.close();
    }

    static Document document(DocumentKind kind, String id) {
        return document(kind, id, NO_TENANT);
    }

    static Document document(DocumentKind kind, String id, Optional<String> tenant) {
        return Document.of(kind, id, tenant, 0, "{\"n\":1}", Map.of("s", "geheim"));
    }

    /** The next version of a document. */
    static Document next(Document before, String settings, Map<String, String> secrets) {
        return Document.of(before.kind(), before.id(), before.tenant(), before.version(), settings, secrets);
    }

    final Document saved(Document document) {
        return store.documents().save(document, List.of()).orElseThrow();
    }

    /** A key of version 7, greater than those before. */
    static UUID key() {
        return new UUID(KEYS.incrementAndGet() << 16 | 0x7000, 0x8000_0000_0000_0000L);
    }

    static StoredEvent event(String id) {
        return event(id, NO_TENANT, "{}".getBytes(StandardCharsets.UTF_8));
    }

    static StoredEvent event(String id, Optional<String> tenant, byte[] data) {
        Instant timestamp = Instant.parse("2026-03-29T01:30:00.123456Z");
        return new StoredEvent(key(), id, tenant, "user.made", timestamp, "application/json", true, Map.of(), data);
    }

    static NewEvent due(StoredEvent event, String... webhookIds) {
        return new NewEvent(
                event,
                Arrays.stream(webhookIds)
                        .map(id -> new NewDelivery(id, Optional.empty(), Duration.ZERO))
                        .toList());
    }

    static NewEvent dueAt(Instant at, StoredEvent event, String webhookId) {
        return new NewEvent(event, List.of(new NewDelivery(webhookId, Optional.of(at), Duration.ZERO)));
    }

    static NewEvent leased(StoredEvent event, String webhookId) {
        return new NewEvent(event, List.of(new NewDelivery(webhookId, Optional.empty(), LEASE)));
    }

    /** Stores events that are due at once at this webhook, a millisecond between them. */
    final void publish(String webhookId, String... eventIds) {
        for (String id : eventIds) {
            store.queue().insert(List.of(due(event(id), webhookId)));
            elapse(TICK);
        }
    }

    final List<Claimed> claim(String webhookId, int room) {
        return claim(Want.of(webhookId, room));
    }

    final List<Claimed> claim(Want... wants) {
        return store.queue().claim(List.of(wants), LEASE).claimed();
    }

    final Claimed claimOne(String webhookId) {
        return claim(webhookId, 1).get(0);
    }

    static List<String> ids(List<Claimed> claimed) {
        return claimed.stream().map(each -> each.event().id()).toList();
    }

    final Attempt attempt(int number, int status) {
        return attempt(number, status, "answer");
    }

    final Attempt attempt(int number, int status, String excerpt) {
        return new Attempt(
                number,
                store.now().truncatedTo(ChronoUnit.MILLIS),
                Duration.ofMillis(120),
                OptionalInt.of(status),
                Optional.empty(),
                Optional.empty(),
                excerpt,
                false);
    }

    /** When an attempt that starts now, as {@link #attempt} makes it, got its answer. */
    final Instant answeredAt() {
        return store.now().truncatedTo(ChronoUnit.MILLIS).plusMillis(120);
    }

    final Outcome delivered(Claimed claimed) {
        return ended(claimed, DeliveryState.DELIVERED);
    }

    final Outcome ended(Claimed claimed, DeliveryState state) {
        Attempt attempt = attempt(claimed.attempts() + 1, state == DeliveryState.DELIVERED ? 200 : 500);
        return Outcomes.of(claimed, List.of(attempt), state, Duration.ZERO);
    }

    final Outcome failed(Claimed claimed, Duration delay) {
        return Outcomes.of(claimed, List.of(attempt(claimed.attempts() + 1, 500)), DeliveryState.PENDING, delay);
    }

    final Set<Claim> record(Outcome... outcomes) {
        return store.queue().record(List.of(outcomes));
    }

    /** Makes a sweep from beginning to end; returns what it ended. */
    final List<Delivery> sweep(Sweep sweep, int budget) {
        List<Delivery> ended = new ArrayList<>();
        Optional<Sweep> rest = Optional.of(sweep);
        while (rest.isPresent()) {
            Sweep step = rest.get();
            Swept swept = store.queue().sweep(step, budget);
            ended.addAll(swept.ended());
            rest = swept.next().map(step::after);
        }
        return ended;
    }

    final DeliveryState state(String eventId, String webhookId) {
        return delivery(eventId, webhookId).state();
    }

    final Delivery delivery(String eventId, String webhookId) {
        return Histories.find(store, NO_TENANT, eventId, webhookId).orElseThrow();
    }

    final DeliveryId deliveryId(String eventId, String webhookId) {
        return Histories.id(store, NO_TENANT, eventId, webhookId);
    }

    final List<Attempt> attempts(String eventId, String webhookId) {
        return Histories.attempts(store, NO_TENANT, eventId, webhookId);
    }

    /** Runs the same in several threads that start together, and returns what they return. */
    static <T> List<T> inThreads(int threads, Callable<T> task) throws Exception {
        var pool = Executors.newFixedThreadPool(threads);
        try {
            var start = new CyclicBarrier(threads);
            var futures = new ArrayList<Future<T>>();
            for (int i = 0; i < threads; i++) {
                futures.add(pool.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
