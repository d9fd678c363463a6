package io.github.webhooks4j.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.history.DeliveryQuery;
import io.github.webhooks4j.history.EventQuery;
import io.github.webhooks4j.history.Page;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of a tenant among much that belongs to others: they meet all of its own once, and tell nothing of what is between. */
class PagesOfATenantTest {
    private static final long VERSION_7 = 0x7000;
    private static final long RANDOM = 0x8123_4567_0000_0000L;
    private static final Optional<String> OWN = Optional.of("own");
    private static final Optional<String> OTHER = Optional.of("other");

    private final DeliveryStore store = ManualStore.on(new ManualClock());
    private final EventOperations events = new EventOperations(store, delivery -> {}, TenantScope.of(OWN));
    private final DeliveryOperations deliveries =
            new DeliveryOperations(store, new NoWebhooks(), ended -> {}, TenantScope.of(OWN));
    private final List<String> cursors = new ArrayList<>();

    private static final class NoWebhooks implements KnownWebhooks {
        @Override
        public Optional<Known> find(String webhookId) {
            return Optional.empty();
        }

        @Override
        public void due(String webhookId) {}
    }

    /** Stores an event of a millisecond, which goes to one webhook. */
    private void store(Optional<String> tenant, String id, long millis, int inMillisecond) {
        UUID key = new UUID(millis << 16 | VERSION_7, RANDOM + inMillisecond);
        StoredEvent event = new StoredEvent(
                key, id, tenant, "user.made", Instant.EPOCH, "application/json", true, Map.of(), new byte[2]);
        store.queue()
                .insert(List.of(new NewEvent(
                        event,
                        List.of(new NewDelivery("w-" + tenant.orElseThrow(), Optional.empty(), Duration.ZERO)))));
    }

    private List<String> listedEvents(int limit) {
        List<String> ids = new ArrayList<>();
        Optional<String> after = Optional.empty();
        cursors.clear();
        do {
            EventQuery query = EventQuery.all().limit(limit);
            Page<PublishedEvent> page = events.list(after.map(query::after).orElse(query));
            page.items().forEach(event -> ids.add(event.id()));
            after = page.next();
            after.ifPresent(cursors::add);
        } while (after.isPresent());
        return ids;
    }

    private List<String> listedDeliveries(int limit) {
        List<String> ids = new ArrayList<>();
        Optional<String> after = Optional.empty();
        cursors.clear();
        do {
            DeliveryQuery query = DeliveryQuery.all().limit(limit);
            Page<Delivery> page = deliveries.list(after.map(query::after).orElse(query));
            page.items().forEach(delivery -> ids.add(delivery.eventId()));
            after = page.next();
            after.ifPresent(cursors::add);
        } while (after.isPresent());
        return ids;
    }

    /** The places that the cursors stand for: the bits of the key that are random, and the webhook. */
    private List<String> told() {
        return cursors.stream()
                .map(text -> ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(0, 22)))
                                .getLong(Long.BYTES)
                        + text.substring(22))
                .toList();
    }

    @Test
    void placeWhereAPageEndsIsOnesOwnOrTellsAMillisecondOnly() {
        store(OWN, "oldest", 1, 0);
        for (int i = 0; i < 12_000; i++) {
            store(OTHER, "other" + i, 10 + i / 3, i);
        }
        store(OWN, "newest", 9_000, 7);
        store(OWN, "new", 8_999, 8);

        assertThat(listedEvents(10)).containsExactly("newest", "new", "oldest");
        assertThat(told()).containsExactly("0", "0");
        assertThat(listedEvents(1)).containsExactly("newest", "new", "oldest");
        assertThat(told()).containsExactly((RANDOM + 7) + "", (RANDOM + 8) + "", "0", "0");
        assertThat(listedDeliveries(10)).containsExactly("newest", "new", "oldest");
        assertThat(told()).containsExactly("0", "0");
        assertThat(listedDeliveries(1)).containsExactly("newest", "new", "oldest");
        assertThat(told()).containsExactly((RANDOM + 7) + "w-own", (RANDOM + 8) + "w-own", "0", "0");
    }

    @Test
    void ownEventOfTheMillisecondInWhichAPageEndsIsMetOnce() {
        store(OWN, "oldest", 1, 0);
        IntStream.range(0, 5_100).forEach(i -> store(OTHER, "other" + i, 10 + i / 200, 2 * i));
        store(OWN, "within", 10, 301); // the first page reads 50 rows more
        store(OWN, "newest", 9_000, 7);

        assertThat(listedEvents(10)).containsExactly("newest", "within", "oldest");
        assertThat(told()).containsExactly(String.valueOf(RANDOM + 301));
        assertThat(listedDeliveries(10)).containsExactly("newest", "within", "oldest");
        assertThat(told()).containsExactly((RANDOM + 301) + "w-own");
    }

    @Test
    void listGoesOnThoughMoreIsOfOneMillisecondThanAPageReads() {
        store(OWN, "oldest", 1, 0);
        IntStream.range(0, 11_000).forEach(i -> store(OTHER, "other" + i, 10, 2 * i));
        store(OWN, "in the midst", 10, 11_001);
        store(OWN, "first", 10, 30_001);

        assertThat(listedEvents(10)).containsExactly("first", "in the midst", "oldest");
        assertThat(listedDeliveries(10)).containsExactly("first", "in the midst", "oldest");
    }

    @Test
    void placeOfAnotherListIsRefused() {
        store(OWN, "1", 1, 0);
        store(OWN, "2", 2, 0);
        String ofDeliveries =
                deliveries.list(DeliveryQuery.all().limit(1)).next().orElseThrow();

        for (String text : Set.of(ofDeliveries, "", "x", "!".repeat(22))) {
            assertThatThrownBy(() -> events.list(EventQuery.all().after(text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("after is not the next of a page");
        }
    }

    @Test
    void whatCannotBeThereIsNotLookedFor() {
        assertThat(events.find("\0")).isEmpty();
        assertThat(deliveries.list(DeliveryQuery.all().event("\0")).items()).isEmpty();
        assertThat(deliveries.list(DeliveryQuery.all().webhook("\0")).items()).isEmpty();
    }
}
