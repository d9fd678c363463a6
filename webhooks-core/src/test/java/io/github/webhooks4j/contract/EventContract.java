package io.github.webhooks4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.EventDetails;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.EventFilter;
import io.github.webhooks4j.store.EventPage;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.Replay;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a store must tell of events. */
abstract class EventContract extends BulkContract {
    private static final int BUDGET = 1_000;
    private static final int TOO_MANY_PAGES = 300;
    private static final Optional<String> ACME = Optional.of("acme");
    private static final TenantScope OF_ACME = TenantScope.of(ACME);
    private static final EventFilter EVERYTHING = EventFilter.all(TenantScope.ALL);

    private static StoredEvent event(UUID key, String id, Optional<String> tenant, String type) {
        return new StoredEvent(
                key,
                id,
                tenant,
                type,
                Instant.parse("2026-03-29T01:30:00.123456Z"),
                "application/json",
                true,
                Map.of(),
                "{}".getBytes(StandardCharsets.UTF_8));
    }

    /** Stores an event of no tenant, which goes to these webhooks. */
    private void stored(String id, String type, String... webhookIds) {
        store.queue().insert(List.of(due(event(key(), id, NO_TENANT, type), webhookIds)));
    }

    private EventPage page(EventFilter filter, Optional<UUID> after, int limit, int budget) {
        EventPage page = store.history().events(filter, after, limit, budget);
        assertThat(page.events()).hasSizeLessThanOrEqualTo(limit);
        return page;
    }

    private List<PublishedEvent> list(EventFilter filter, int limit, int budget) {
        List<PublishedEvent> found = new ArrayList<>();
        Optional<UUID> after = Optional.empty();
        for (int i = 0; i < TOO_MANY_PAGES; i++) {
            EventPage page = page(filter, after, limit, budget);
            found.addAll(page.events());
            if (page.next().isEmpty()) {
                return found;
            }
            after = page.next();
        }
        throw new AssertionError("more than " + TOO_MANY_PAGES + " pages");
    }

    /** The ids of all that is listed, however long the pages are. */
    private List<String> listed(EventFilter filter) {
        List<String> listed = eventIds(list(filter, 100, BUDGET));
        assertThat(eventIds(list(filter, 1, 1))).isEqualTo(listed);
        assertThat(eventIds(list(filter, 2, 3))).isEqualTo(listed);
        return listed;
    }

    private static List<String> eventIds(List<PublishedEvent> events) {
        return events.stream().map(PublishedEvent::id).toList();
    }

    private static EventFilter published(Optional<Instant> since, Optional<Instant> before) {
        return new EventFilter(TenantScope.ALL, Optional.empty(), since, before, Optional.empty(), false);
    }

    private static EventFilter ofType(TenantScope scope, String type) {
        return new EventFilter(scope, Optional.of(type), Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    private static EventFilter unmatched(TenantScope scope) {
        return new EventFilter(scope, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);
    }

    private static EventFilter test(boolean test) {
        return new EventFilter(
                TenantScope.ALL, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(test), false);
    }

    private Optional<EventDetails> find(TenantScope scope, String id) {
        return store.history().event(scope, id);
    }

    private int webhooks(String id) {
        return find(TenantScope.NONE, id).orElseThrow().event().webhooks();
    }

    // ---- one event

    @Test
    void eventIsFoundAndListedAsItWasPublished() {
        byte[] data = "n;betrag\r\n1;19,99 €".getBytes(StandardCharsets.UTF_8);
        StoredEvent event = new StoredEvent(
                key(),
                "order~1",
                ACME,
                "order.made",
                Instant.parse("2026-03-29T01:30:00.123456Z"),
                "text/csv; charset=utf-8",
                false,
                Map.of("X-Shop", "\"7\"", "x-empty", ""),
                data);
        store.queue().insert(List.of(due(event, "a", "b")));

        PublishedEvent expected = new PublishedEvent(
                "order~1",
                "order.made",
                ACME,
                event.timestamp(),
                DeliveryId.publishedAt(event.key()),
                "text/csv; charset=utf-8",
                false,
                event.headers(),
                data.length,
                2,
                false);
        assertThat(find(OF_ACME, "order~1")).contains(new EventDetails(expected, data));
        assertThat(list(EVERYTHING, 10, BUDGET)).containsExactly(expected);
    }

    @Test
    void dataIsFoundByteForByteHoweverLargeItIs() {
        for (int size : List.of(0, 1, 999_999, 1_000_000, 1_000_001, 5_000_000)) {
            byte[] data = new byte[size];
            new Random(size).nextBytes(data);
            store.queue().insert(List.of(due(event("of " + size, NO_TENANT, data), "a")));

            EventDetails found = find(TenantScope.NONE, "of " + size).orElseThrow();

            assertThat(found.data()).isEqualTo(data);
            assertThat(found.event().size()).isEqualTo(size);
        }
        assertThat(list(EVERYTHING, 10, BUDGET))
                .extracting(PublishedEvent::size)
                .containsExactly(5_000_000, 1_000_001, 1_000_000, 999_999, 1, 0);
    }

    @Test
    void eventIsFoundInItsTenantOnly() {
        store.queue()
                .insert(List.of(
                        due(event(key(), "1", ACME, "of.acme")),
                        due(event(key(), "1", NO_TENANT, "of.nobody")),
                        due(event(key(), "2", ACME, "of.acme"))));

        assertThat(find(OF_ACME, "1").orElseThrow().event().type()).isEqualTo("of.acme");
        assertThat(find(TenantScope.NONE, "1").orElseThrow().event().type()).isEqualTo("of.nobody");
        assertThat(find(TenantScope.of(Optional.of("globex")), "1")).isEmpty();
        assertThat(find(TenantScope.of(Optional.of("Acme")), "1")).isEmpty();
        assertThat(find(TenantScope.NONE, "2")).isEmpty();
        assertThat(find(OF_ACME, "3")).isEmpty();
    }

    @Test
    void eventAmongAllTenantsIsOneOfNoTenantOrOneWhoseIdTheLibraryMade() {
        UUID key = key();
        String made = StoredEvent.idOf(key);
        store.queue()
                .insert(List.of(
                        due(event(key, made, ACME, "of.acme"), "a"),
                        due(event(key(), "1", ACME, "of.acme")),
                        due(event(key(), "2", NO_TENANT, "of.nobody"))));

        assertThat(find(TenantScope.ALL, made).orElseThrow().event().tenant()).isEqualTo(ACME);
        assertThat(find(TenantScope.ALL, "1")).isEmpty();
        assertThat(find(TenantScope.ALL, "2").orElseThrow().event().tenant()).isEmpty();
        assertThat(find(OF_ACME, made)).isPresent();
        assertThat(find(TenantScope.NONE, made)).isEmpty();
        assertThat(find(TenantScope.of(Optional.of("globex")), made)).isEmpty();
    }

    @Test
    void idThatLooksAsIfTheLibraryHadMadeItNamesNoOtherEvent() {
        StoredEvent other = event(key(), "own", ACME, "of.acme");
        String misleading = StoredEvent.idOf(other.key());
        store.queue().insert(List.of(due(other)));

        assertThat(find(TenantScope.ALL, misleading)).isEmpty();
        assertThat(find(OF_ACME, misleading)).isEmpty();

        store.queue().insert(List.of(due(event(key(), misleading, NO_TENANT, "of.nobody"))));

        assertThat(find(TenantScope.ALL, misleading).orElseThrow().event().type())
                .isEqualTo("of.nobody");
    }

    // ---- to how many webhooks it went

    @Test
    void numberOfWebhooksIsThatOfThePublication() {
        store.queue()
                .insert(List.of(
                        due(event(key(), "none", NO_TENANT, "user.made")),
                        due(event(key(), "three", NO_TENANT, "user.made"), "a", "b", "c"),
                        due(event(key(), "one", NO_TENANT, "user.made"), "a")));
        stored("alone", "user.made", "b", "c");

        assertThat(webhooks("none")).isZero();
        assertThat(webhooks("one")).isOne();
        assertThat(webhooks("three")).isEqualTo(3);
        assertThat(webhooks("alone")).isEqualTo(2);
        assertThat(list(EVERYTHING, 10, BUDGET))
                .extracting(PublishedEvent::webhooks)
                .containsExactly(2, 1, 3, 0);
    }

    @Test
    void numberOfWebhooksIsRightBesideDuplicates() {
        stored("2", "user.made", "a");

        store.queue()
                .insert(List.of(
                        due(event(key(), "1", NO_TENANT, "user.made")),
                        due(event(key(), "2", NO_TENANT, "user.made"), "a", "b", "c"),
                        due(event(key(), "3", NO_TENANT, "user.made"), "a", "b")));

        assertThat(webhooks("1")).isZero();
        assertThat(webhooks("2")).isOne();
        assertThat(webhooks("3")).isEqualTo(2);
    }

    @Test
    void numberOfWebhooksStaysWhateverBecomesOfTheDeliveries() {
        stored("1", "user.made", "a", "b");
        record(delivered(claimOne("a")));
        store.queue().cancel(deliveryId("1", "b"));

        assertThat(webhooks("1")).isEqualTo(2);
    }

    @Test
    void replayDoesNotChangeTheNumberOfWebhooks() {
        stored("1", "user.made");
        Replay replay = new Replay(
                "late",
                NO_TENANT,
                type -> true,
                Instant.EPOCH,
                store.now().plus(Duration.ofDays(1)),
                store.now(),
                TICK,
                false,
                Optional.empty());

        assertThat(store.queue().replay(replay, BUDGET).done()).isOne();

        assertThat(delivery("1", "late")).isNotNull();
        assertThat(webhooks("1")).isZero();
        assertThat(listed(unmatched(TenantScope.ALL))).containsExactly("1");
    }

    // ---- order and pages

    @Test
    void emptyStoreListsNoEvent() {
        assertThat(page(EVERYTHING, Optional.empty(), 10, 10)).isEqualTo(new EventPage(List.of(), Optional.empty()));
        assertThat(find(TenantScope.ALL, "1")).isEmpty();
    }

    @Test
    void newestEventComesFirstByTheBytesOfItsKey() {
        long high = key().getMostSignificantBits();
        store.queue()
                .insert(List.of(
                        due(event(new UUID(high, 0xBFFF_FFFF_FFFF_FFFFL), "2", NO_TENANT, "user.made"), "a"),
                        due(event(new UUID(high + 1, 0x8000_0000_0000_0000L), "3", ACME, "user.made")),
                        due(event(new UUID(high, 0x8000_0000_0000_0000L), "1", NO_TENANT, "user.made"), "a", "b")));

        assertThat(listed(EVERYTHING)).containsExactly("3", "2", "1");
    }

    @Test
    void pagesMeetEachEventOnceWhateverIsPublishedBetweenThem() {
        List<String> ids =
                IntStream.range(0, 20).mapToObj(i -> "old" + (20 - i)).toList();
        for (int i = 20; i > 0; i--) {
            stored(ids.get(i - 1), "user.made", i % 2 == 0 ? new String[0] : new String[] {"a"});
        }
        List<String> met = new ArrayList<>();
        Optional<UUID> after = Optional.empty();
        int pages = 0;
        do {
            EventPage page = page(EVERYTHING, after, 3, BUDGET);
            met.addAll(eventIds(page.events()));
            after = page.next();
            stored("new" + pages, "user.made", "a");
            claim("a", 1).forEach(each -> record(delivered(each)));
            pages++;
        } while (after.isPresent());

        assertThat(met).isEqualTo(ids);
        assertThat(pages).isEqualTo(7);
    }

    @Test
    void lastPageSaysSo() {
        IntStream.range(0, 4).forEach(i -> stored("e" + i, "user.made"));

        assertThat(page(EVERYTHING, Optional.empty(), 5, BUDGET).next()).isEmpty();
        assertThat(page(EVERYTHING, Optional.empty(), 4, BUDGET).next()).isEmpty();
        assertThat(page(EVERYTHING, Optional.empty(), 3, BUDGET).next()).isPresent();
    }

    @Test
    void keyThatNoEventHasIsAPlaceAllTheSame() {
        stored("1", "user.made");
        UUID between = key();
        stored("2", "user.made");

        EventPage page = page(EVERYTHING, Optional.of(between), 10, BUDGET);

        assertThat(eventIds(page.events())).containsExactly("1");
        assertThat(page.next()).isEmpty();
    }

    @Test
    void pageReadsNoMoreThanItsBudgetAndIsShortThen() {
        stored("old", "rare");
        IntStream.range(0, 30).forEach(i -> stored("e" + i, "common"));
        stored("new", "rare");
        EventFilter rare = ofType(TenantScope.ALL, "rare");

        EventPage first = page(rare, Optional.empty(), 2, 10);
        EventPage second = page(rare, first.next(), 2, 10);

        assertThat(eventIds(first.events())).containsExactly("new");
        assertThat(second.events()).isEmpty();
        assertThat(second.next()).isPresent();
        assertThat(eventIds(list(rare, 2, 10))).containsExactly("new", "old");
        assertThat(eventIds(page(rare, Optional.empty(), 2, BUDGET).events())).containsExactly("new", "old");
    }

    @Test
    void walkGoesOnInStepsWhereMuchHasToBeFiltered() {
        List<NewEvent> many = IntStream.range(0, 1_100)
                .mapToObj(i -> due(event(key(), "e" + i, NO_TENANT, i % 550 == 0 ? "rare" : "common")))
                .toList();
        store.queue().insert(many);

        EventPage page = page(ofType(TenantScope.ALL, "rare"), Optional.empty(), 2, 5_000);

        assertThat(eventIds(page.events())).containsExactly("e550", "e0");
        assertThat(list(EVERYTHING, 400, 5_000)).hasSize(1_100).doesNotHaveDuplicates();
    }

    // ---- filters

    @Test
    void eventsOfAType() {
        stored("1", "user.made", "a");
        stored("2", "user.gone");
        stored("3", "user");

        assertThat(listed(ofType(TenantScope.ALL, "user.gone"))).containsExactly("2");
        assertThat(listed(ofType(TenantScope.ALL, "user"))).containsExactly("3");
        assertThat(listed(ofType(TenantScope.ALL, "User"))).isEmpty();
    }

    @Test
    void eventsPublishedInATime() {
        UUID early = key();
        UUID late = key();
        store.queue()
                .insert(List.of(
                        due(event(early, "1", NO_TENANT, "user.made")), due(event(late, "2", NO_TENANT, "user.made"))));
        Optional<Instant> none = Optional.empty();
        Optional<Instant> first = Optional.of(DeliveryId.publishedAt(early));
        Optional<Instant> second = Optional.of(DeliveryId.publishedAt(late));
        Optional<Instant> justAfter = first.map(at -> at.plusNanos(1_000));

        assertThat(listed(published(first, none))).containsExactly("2", "1");
        assertThat(listed(published(justAfter, none))).containsExactly("2");
        assertThat(listed(published(second, none))).containsExactly("2");
        assertThat(listed(published(none, first))).isEmpty();
        assertThat(listed(published(none, justAfter))).containsExactly("1");
        assertThat(listed(published(first, second))).containsExactly("1");
        assertThat(listed(published(second, first))).isEmpty();
        assertThat(listed(published(
                        Optional.of(Instant.parse("1969-12-31T23:59:59Z")),
                        Optional.of(Instant.parse("9999-12-31T00:00:00Z")))))
                .hasSize(2);
        assertThat(eventIds(page(published(none, second), Optional.of(late), 10, BUDGET)
                        .events()))
                .containsExactly("1");
    }

    @Test
    void eventsThatWentToNoWebhook() {
        stored("1", "user.made");
        stored("2", "user.made", "a");
        store.queue().insert(List.of(due(event(key(), "3", ACME, "user.made"))));

        assertThat(listed(unmatched(TenantScope.ALL))).containsExactly("3", "1");
        assertThat(listed(unmatched(OF_ACME))).containsExactly("3");
        assertThat(listed(unmatched(TenantScope.NONE))).containsExactly("1");
    }

    @Test
    void whatIsPublishedIsNoTest() {
        stored("1", "user.made");

        assertThat(listed(test(false))).containsExactly("1");
        assertThat(listed(test(true))).isEmpty();
    }

    @Test
    void eventsOfTenantsAreKeptApart() {
        store.queue()
                .insert(List.of(
                        due(event(key(), "1", ACME, "user.made"), "a"),
                        due(event(key(), "1", Optional.of("globex"), "user.made"), "b"),
                        due(event(key(), "1", NO_TENANT, "user.made")),
                        due(event(key(), "2", ACME, "user.gone"))));

        assertThat(listed(EVERYTHING)).containsExactly("2", "1", "1", "1");
        assertThat(listed(EventFilter.all(OF_ACME))).containsExactly("2", "1");
        assertThat(listed(ofType(OF_ACME, "user.made"))).containsExactly("1");
        assertThat(list(EventFilter.all(TenantScope.of(Optional.of("globex"))), 10, BUDGET))
                .extracting(PublishedEvent::tenant)
                .containsExactly(Optional.of("globex"));
        assertThat(listed(EventFilter.all(TenantScope.NONE))).containsExactly("1");
        assertThat(listed(EventFilter.all(TenantScope.of(Optional.of("Acme"))))).isEmpty();
    }
}
