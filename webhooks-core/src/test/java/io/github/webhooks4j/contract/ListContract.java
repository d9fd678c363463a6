package io.github.webhooks4j.contract;

import static io.github.webhooks4j.delivery.DeliveryState.CANCELED;
import static io.github.webhooks4j.delivery.DeliveryState.DELIVERED;
import static io.github.webhooks4j.delivery.DeliveryState.EXHAUSTED;
import static io.github.webhooks4j.delivery.DeliveryState.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.Redelivery;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a store must hold to when it lists deliveries. */
abstract class ListContract extends HistoryContract {
    private static final int BUDGET = 1_000;
    private static final int TOO_MANY_PAGES = 200;
    private static final Optional<String> ACME = Optional.of("acme");

    private static Which everything() {
        return Which.in(TenantScope.ALL);
    }

    private DeliveryPage page(Which which, Optional<DeliveryPage.Place> after, int limit, int budget) {
        DeliveryPage page = store.history().list(which.filter(), after, limit, budget);
        assertThat(page.deliveries()).hasSizeLessThanOrEqualTo(limit);
        return page;
    }

    /** Goes through all pages. */
    private List<Delivery> list(Which which, int limit, int budget) {
        List<Delivery> found = new ArrayList<>();
        Optional<DeliveryPage.Place> after = Optional.empty();
        for (int i = 0; i < TOO_MANY_PAGES; i++) {
            DeliveryPage page = page(which, after, limit, budget);
            found.addAll(page.deliveries());
            if (page.next().isEmpty()) {
                return found;
            }
            after = page.next();
        }
        throw new AssertionError("more than " + TOO_MANY_PAGES + " pages");
    }

    /** What all pages list, such as {@code 1/a}, however long they are. */
    private List<String> listed(Which which) {
        List<String> listed = names(list(which, 100, BUDGET));
        assertThat(names(list(which, 1, 1))).isEqualTo(listed);
        assertThat(names(list(which, 2, 3))).isEqualTo(listed);
        return listed;
    }

    private static List<String> names(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(each -> each.eventId() + "/" + each.webhookId())
                .toList();
    }

    /** One that is pending, and one that ended in each way, for each of two webhooks; the last is the newest. */
    private List<String> mixture(int rounds) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (String webhookId : List.of("a", "b")) {
                for (DeliveryState state : List.of(CANCELED, DELIVERED, EXHAUSTED, PENDING)) {
                    String id = state + "-" + webhookId + i;
                    publish(webhookId, id);
                    end(id, webhookId, state);
                    all.add(id + "/" + webhookId);
                }
            }
        }
        return newestFirst(all);
    }

    /** Ends a delivery that is due, and the only one of its webhook. */
    private void end(String eventId, String webhookId, DeliveryState state) {
        if (state == CANCELED) {
            store.queue().cancel(deliveryId(eventId, webhookId));
        } else {
            Claimed claimed = claimOne(webhookId);
            assertThat(claimed.event().id()).isEqualTo(eventId);
            record(state == PENDING ? failed(claimed, Duration.ofDays(1)) : ended(claimed, state));
        }
    }

    private static List<String> newestFirst(List<String> oldestFirst) {
        return IntStream.rangeClosed(1, oldestFirst.size())
                .mapToObj(i -> oldestFirst.get(oldestFirst.size() - i))
                .toList();
    }

    private static List<String> only(List<String> all, String... beginnings) {
        return all.stream()
                .filter(name -> Arrays.stream(beginnings).anyMatch(name::startsWith))
                .toList();
    }

    // ---- order and pages

    @Test
    void emptyStoreListsNothing() {
        assertThat(page(everything(), Optional.empty(), 10, 10))
                .isEqualTo(new DeliveryPage(List.of(), Optional.empty()));
    }

    @Test
    void newestEventComesFirstAndOfItsDeliveriesTheLastWebhook() {
        StoredEvent older = event("1");
        StoredEvent newer = event("2");
        store.queue().insert(List.of(due(newer, "b"), due(older, "a", "c", "B", "b", "a1")));
        claim("a", 1).forEach(each -> record(delivered(each)));
        claim("c", 1).forEach(each -> record(delivered(each)));

        assertThat(listed(everything())).containsExactly("2/b", "1/c", "1/b", "1/a1", "1/a", "1/B");
        assertThat(listed(everything().event("1"))).containsExactly("1/c", "1/b", "1/a1", "1/a", "1/B");
    }

    @Test
    void eventsOfTheSameMillisecondAreInTheOrderOfTheirKeys() {
        long high = key().getMostSignificantBits();
        StoredEvent first = event(new UUID(high, 0x8000_0000_0000_0000L), "1", "user.made");
        StoredEvent second = event(new UUID(high, 0xBFFF_FFFF_FFFF_FFFFL), "2", "user.made");
        StoredEvent third = event(new UUID(high + 1, 0x8000_0000_0000_0000L), "3", "user.made");
        store.queue().insert(List.of(due(second, "a", "b"), due(third, "a"), due(first, "a", "b")));

        assertThat(listed(everything())).containsExactly("3/a", "2/b", "2/a", "1/b", "1/a");
    }

    @Test
    void pagesMeetEachDeliveryOnceWhetherItHasEndedOrNot() {
        List<String> all = mixture(3);

        for (int limit : List.of(1, 2, 5, 24, 25)) {
            assertThat(names(list(everything(), limit, BUDGET))).isEqualTo(all);
        }
        assertThat(page(everything(), Optional.empty(), 25, BUDGET).next()).isEmpty();
        assertThat(page(everything(), Optional.empty(), 5, BUDGET).deliveries())
                .as("nothing is left out, so that pages are full")
                .hasSize(5);
    }

    @Test
    void pagesMeetEachDeliveryOnceWhateverHappensBetweenThem() {
        publish("c", "1", "2", "3", "4", "5");
        List<String> all = mixture(4);
        publish("c", "6", "7", "8", "9");
        List<String> met = new ArrayList<>();
        Optional<DeliveryPage.Place> after = Optional.empty();
        int pages = 0;
        do {
            DeliveryPage page = page(everything(), after, 3, BUDGET);
            met.addAll(names(page.deliveries()));
            after = page.next();
            pages++;
            claim("c", 1).forEach(each -> record(delivered(each)));
            publish("d", "new" + pages);
            redeliver(all.get(pages)); // one that was met, or is now
            redeliver(all.get(all.size() - pages)); // one that was not, or was again
            if (pages % 3 == 0) {
                claim("a", 2).forEach(each -> record(ended(each, EXHAUSTED)));
                claim("b", 2).forEach(each -> record(delivered(each)));
            }
            if (pages == 7) {
                sweepAway("b");
            }
        } while (after.isPresent());

        assertThat(met)
                .containsExactlyElementsOf(
                        Stream.of(List.of("9/c", "8/c", "7/c", "6/c"), all, List.of("5/c", "4/c", "3/c", "2/c", "1/c"))
                                .flatMap(List::stream)
                                .toList());
    }

    private void redeliver(String name) {
        int slash = name.indexOf('/');
        DeliveryId id = deliveryId(name.substring(0, slash), name.substring(slash + 1));
        assertThat(store.queue().redeliver(id)).isEqualTo(Redelivery.DUE);
    }

    @Test
    void placeThatNoDeliveryHasAnyMoreIsAPlaceAllTheSame() {
        StoredEvent older = event("1");
        UUID between = key();
        StoredEvent newer = event("2");
        store.queue().insert(List.of(due(older, "a", "c"), due(newer, "a", "c")));

        assertThat(after(between, "b")).containsExactly("1/c", "1/a");
        assertThat(after(newer.key(), "b")).containsExactly("2/a", "1/c", "1/a");
        assertThat(after(older.key(), "c")).containsExactly("1/a");
        assertThat(after(older.key(), "a")).isEmpty();
    }

    private List<String> after(UUID event, String webhookId) {
        Optional<DeliveryPage.Place> place = Optional.of(new DeliveryPage.Place(event, webhookId));
        DeliveryPage page = page(everything(), place, 10, BUDGET);
        assertThat(page.next()).isEmpty();
        return names(page.deliveries());
    }

    @Test
    void eachIsListedAsItIsFound() {
        List<String> all = mixture(1);

        List<Delivery> deliveries = list(everything(), 3, BUDGET);

        assertThat(deliveries).hasSize(all.size());
        for (Delivery each : deliveries) {
            assertThat(store.history().find(DeliveryId.parse(each.id()).orElseThrow()))
                    .contains(each);
        }
    }

    // ---- filters

    @Test
    void deliveriesOfAWebhook() {
        List<String> all = mixture(2);

        assertThat(listed(everything().webhook("a")))
                .hasSize(8)
                .isEqualTo(all.stream().filter(name -> name.endsWith("/a")).toList());
        assertThat(listed(everything().webhook("nobody"))).isEmpty();
        assertThat(listed(everything().webhook("A"))).isEmpty();
    }

    @Test
    void deliveriesInSomeStates() {
        List<String> all = mixture(2);

        for (DeliveryState state : List.of(CANCELED, DELIVERED, EXHAUSTED, PENDING)) {
            assertThat(listed(everything().states(state))).hasSize(4).isEqualTo(only(all, state + "-"));
        }
        assertThat(listed(everything().states(PENDING, EXHAUSTED))).isEqualTo(only(all, "PENDING-", "EXHAUSTED-"));
        assertThat(listed(everything().states(CANCELED, DELIVERED))).isEqualTo(only(all, "CANCELED-", "DELIVERED-"));
        assertThat(listed(everything().states(DeliveryState.values()))).isEqualTo(all);
        assertThat(listed(everything().states(DeliveryState.ABANDONED))).isEmpty();
        assertThat(listed(everything().states(PENDING, DELIVERED).webhook("b")))
                .containsExactly("PENDING-b1/b", "DELIVERED-b1/b", "PENDING-b0/b", "DELIVERED-b0/b");
    }

    @Test
    void deliveriesOfAnEvent() {
        store.queue().insert(List.of(due(event("1"), "a", "b"), due(event("2"), "a")));
        claim("a", 1).forEach(each -> record(delivered(each)));

        assertThat(listed(everything().event("1"))).containsExactly("1/b", "1/a");
        assertThat(listed(everything().event("1").states(DELIVERED))).containsExactly("1/a");
        assertThat(listed(everything().event("1").webhook("b"))).containsExactly("1/b");
        assertThat(listed(everything().event("2").webhook("b"))).isEmpty();
        assertThat(listed(everything().event("3"))).isEmpty();
        assertThat(listed(everything().event("1").type("user.gone"))).isEmpty();
    }

    @Test
    void deliveriesOfAType() {
        store.queue()
                .insert(List.of(
                        due(event(key(), "1", "user.made"), "a", "b"),
                        due(event(key(), "2", "user.gone"), "a", "b"),
                        due(event(key(), "3", "user"), "a")));
        claim("a", 2).forEach(each -> record(delivered(each)));

        assertThat(listed(everything().type("user.gone"))).containsExactly("2/b", "2/a");
        assertThat(listed(everything().type("user.made").states(PENDING))).containsExactly("1/b");
        assertThat(listed(everything().type("user.made").webhook("a").states(DELIVERED)))
                .containsExactly("1/a");
        assertThat(listed(everything().type("user"))).containsExactly("3/a");
        assertThat(listed(everything().type("User.gone"))).isEmpty();
    }

    @Test
    void deliveriesPublishedInATime() {
        UUID early = key();
        UUID late = key();
        store.queue()
                .insert(List.of(
                        due(event(early, "1", "user.made"), "a", "b"), due(event(late, "2", "user.made"), "a", "b")));
        claim("a", 2).forEach(each -> record(delivered(each)));
        Instant first = DeliveryId.publishedAt(early);
        Instant second = DeliveryId.publishedAt(late);
        Duration micro = Duration.ofNanos(1_000);

        assertThat(listed(everything().since(first))).containsExactly("2/b", "2/a", "1/b", "1/a");
        assertThat(listed(everything().since(first.plus(micro)))).containsExactly("2/b", "2/a");
        assertThat(listed(everything().since(second))).containsExactly("2/b", "2/a");
        assertThat(listed(everything().since(second.plus(micro)))).isEmpty();
        assertThat(listed(everything().before(first))).isEmpty();
        assertThat(listed(everything().before(first.plus(micro)))).containsExactly("1/b", "1/a");
        assertThat(listed(everything().before(second))).containsExactly("1/b", "1/a");
        assertThat(listed(everything().since(first).before(second).states(PENDING)))
                .containsExactly("1/b");
        assertThat(listed(everything().since(second).before(first))).isEmpty();
        assertThat(listed(everything()
                        .since(Instant.parse("1969-12-31T23:59:59Z"))
                        .before(Instant.parse("9999-12-31T00:00:00Z"))))
                .hasSize(4);
        assertThat(listed(everything().before(Instant.parse("1969-12-31T23:59:59Z"))))
                .isEmpty();
    }

    @Test
    void eventsThatArePublishedAreNoTestCalls() {
        publish("a", "1");

        assertThat(listed(everything().test(false))).containsExactly("1/a");
        assertThat(listed(everything().test(true))).isEmpty();
    }

    @Test
    void filterThatLeavesOutAlmostEverythingFindsTheRestInSmallSteps() {
        store.queue().insert(List.of(due(event(key(), "old", "rare"), "a")));
        publish("a", IntStream.range(0, 60).mapToObj(i -> "e" + i).toArray(String[]::new));
        claim("a", 30).forEach(each -> record(delivered(each)));
        store.queue().insert(List.of(due(event(key(), "new", "rare"), "a")));
        Which rare = everything().type("rare");

        assertThat(names(list(rare, 1, 1))).containsExactly("new/a", "old/a");
        assertThat(names(list(rare, 2, 7))).containsExactly("new/a", "old/a");
        assertThat(names(page(rare, Optional.empty(), 2, BUDGET).deliveries())).containsExactly("new/a", "old/a");
        assertThat(names(list(rare.webhook("a").states(PENDING), 2, 7))).containsExactly("new/a");
    }

    // ---- tenants

    @Test
    void tenantsAreKeptApart() {
        store.queue()
                .insert(List.of(
                        due(event("1", ACME, new byte[0]), "a", "b"),
                        due(event("1", Optional.of("globex"), new byte[0]), "c"),
                        due(event("1"), "d"),
                        due(event("2", ACME, new byte[0]), "a")));
        claim("a", 1).forEach(each -> record(delivered(each)));
        TenantScope acme = TenantScope.of(ACME);

        assertThat(listed(everything())).containsExactly("2/a", "1/d", "1/c", "1/b", "1/a");
        assertThat(listed(Which.in(acme))).containsExactly("2/a", "1/b", "1/a");
        assertThat(listed(Which.in(acme).event("1"))).containsExactly("1/b", "1/a");
        assertThat(listed(Which.in(acme).event("1").states(PENDING))).containsExactly("1/b");
        assertThat(listed(Which.in(acme).webhook("c"))).isEmpty();
        assertThat(listed(Which.in(TenantScope.of(Optional.of("globex"))).event("1")))
                .containsExactly("1/c");
        assertThat(listed(Which.in(TenantScope.of(Optional.of("globex"))).event("2")))
                .isEmpty();
        assertThat(listed(Which.in(TenantScope.of(Optional.of("Acme"))))).isEmpty();
        assertThat(listed(Which.in(TenantScope.NONE))).containsExactly("1/d");
        assertThat(listed(Which.in(TenantScope.NONE).event("2"))).isEmpty();
    }

    @Test
    void idAmongAllTenantsIsOneOfNoTenantOrOneThatTheLibraryMade() {
        UUID key = key();
        String made = "evt_" + key.toString().replace("-", "");
        store.queue()
                .insert(List.of(
                        due(event("1"), "d"),
                        due(event("1", ACME, new byte[0]), "a"),
                        due(of(ACME, event(key, made, "user.made")), "b")));

        assertThat(listed(everything().event("1"))).containsExactly("1/d");
        assertThat(listed(everything().event(made))).containsExactly(made + "/b");
        assertThat(listed(Which.in(TenantScope.of(ACME)).event(made))).containsExactly(made + "/b");
        assertThat(listed(Which.in(TenantScope.NONE).event(made))).isEmpty();
    }

    private static StoredEvent of(Optional<String> tenant, StoredEvent event) {
        return new StoredEvent(
                event.key(),
                event.id(),
                tenant,
                event.type(),
                event.timestamp(),
                event.contentType(),
                event.json(),
                event.headers(),
                event.data());
    }
}
