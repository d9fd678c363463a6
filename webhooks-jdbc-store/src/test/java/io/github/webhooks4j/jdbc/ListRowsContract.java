package io.github.webhooks4j.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.delivery.HourlyCount;
import io.github.webhooks4j.delivery.PublishedEvent;
import io.github.webhooks4j.store.BulkStep;
import io.github.webhooks4j.store.DeliveryFilter;
import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.DeliveryId;
import io.github.webhooks4j.store.DeliveryPage;
import io.github.webhooks4j.store.DeliveryPage.Place;
import io.github.webhooks4j.store.EventFilter;
import io.github.webhooks4j.store.EventPage;
import io.github.webhooks4j.store.Rollups;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.TenantScope;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How many rows a page reads of a million deliveries that have ended and a hundred thousand that have not. Of the ended ones 60 %
 * belong to one webhook, of which three are exhausted; three others are of a rare type; one in a thousand is canceled. The pending ones
 * belong to one webhook, but for ten. Keys are made of the numbers of the deliveries, written as hexadecimal digits.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ListRowsContract {
    static final int ENDED = 1_000_000;
    static final int ALL = 1_100_000;

    private static final int BUDGET = 5_000;
    private static final int LIMIT = 50;
    private static final int PAGES = 3;
    private static final int WEBHOOKS = 200;
    private static final int HOURS = 250;
    private static final int FORGOTTEN = 500;
    /** What the clock, the catalogue and the last attempts of pending deliveries may add. */
    private static final int FEW = 10;

    /** Which ended deliveries there are: columns by their number {@code n}, in the words of every database. */
    static final String COLUMNS = "event_key, started_at, number, duration_ms, fence, repetition, status, final_state,"
            + " standing, skipped_verification, webhook_id, tenant, event_id, type";

    static final String WEBHOOK = "CASE WHEN MOD(n, 10) < 6 THEN 'big' ELSE CONCAT('w', MOD(n, 97)) END";
    static final String TENANT = "CASE WHEN MOD(n, 10) < 6 THEN 't1' WHEN MOD(n, 97) < 50 THEN 't2' ELSE NULL END";
    static final String STATE =
            "CASE WHEN n IN (250001, 500001, 750001) THEN 2 WHEN MOD(n, 1000) = 7 THEN 3 ELSE 1 END";
    static final String TYPE = "CASE WHEN MOD(n, 333333) = 5 THEN 'rare' ELSE 'common' END";

    /** The tenant of the webhook that pending ones belong to. */
    static final String BACKLOG_TENANT = "t1";

    /** The history of a store that is filled so. */
    abstract DeliveryHistory history() throws Exception;

    /** The counts by hour of the store. */
    abstract Rollups rollups();

    /** How many rows the database reads for this. */
    abstract long rowsRead(Callable<?> call) throws Exception;

    @Test
    void pageReadsBoundedRowsWhateverTheFilter() throws Exception {
        Instant middle = DeliveryId.publishedAt(key(ENDED / 2));
        int combinations = 0;
        for (Optional<String> webhook : options("big", "w3", "backlog", "few", "nobody")) {
            for (TenantScope scope : List.of(
                    TenantScope.ALL,
                    TenantScope.NONE,
                    TenantScope.of(Optional.of("t1")),
                    TenantScope.of(Optional.of("t2")),
                    TenantScope.of(Optional.of("t9")))) {
                for (Optional<String> type : options("common", "rare")) {
                    for (Set<DeliveryState> states : List.of(
                            Set.<DeliveryState>of(),
                            Set.of(DeliveryState.PENDING),
                            Set.of(DeliveryState.DELIVERED),
                            Set.of(DeliveryState.EXHAUSTED, DeliveryState.CANCELED),
                            Set.of(DeliveryState.ABANDONED))) {
                        for (Optional<Instant> before : List.of(Optional.<Instant>empty(), Optional.of(middle))) {
                            DeliveryFilter filter = new DeliveryFilter(
                                    scope,
                                    webhook,
                                    Optional.empty(),
                                    type,
                                    states,
                                    Optional.empty(),
                                    before,
                                    Optional.empty());
                            pages(filter, PAGES);
                            combinations++;
                        }
                    }
                }
            }
        }
        assertThat(combinations).isEqualTo(6 * 5 * 3 * 5 * 2);
    }

    private static List<Optional<String>> options(String... texts) {
        List<Optional<String>> options = new ArrayList<>(List.of(Optional.empty()));
        for (String text : texts) {
            options.add(Optional.of(text));
        }
        return options;
    }

    /** So many pages of a list, each within its bound; all of them if the number is negative. */
    private List<Delivery> pages(DeliveryFilter filter, int most) throws Exception {
        List<Delivery> found = new ArrayList<>();
        Optional<Place> after = Optional.empty();
        int pages = 0;
        do {
            Optional<Place> from = after;
            DeliveryPage[] page = new DeliveryPage[1];
            assertThat(rowsRead(() -> page[0] = history().list(filter, from, LIMIT, BUDGET)))
                    .as("%s after %s", filter, from)
                    .isLessThanOrEqualTo(BUDGET + LIMIT + FEW);
            found.addAll(page[0].deliveries());
            after = page[0].next();
            pages++;
        } while (after.isPresent() && pages != most);
        return found;
    }

    @Test
    void threeAmongAMillionAreFound() throws Exception {
        Optional<String> big = Optional.of("big");
        DeliveryFilter exhausted = filter(big, Optional.empty(), Set.of(DeliveryState.EXHAUSTED));
        DeliveryFilter rare = filter(Optional.empty(), Optional.of("rare"), Set.of());

        assertThat(pages(exhausted, 1))
                .extracting(Delivery::publishedAt)
                .containsExactly(at(750001), at(500001), at(250001));
        assertThat(pages(rare, -1)).extracting(Delivery::publishedAt).containsExactly(at(666_671), at(333_338), at(5));
    }

    @Test
    void everyPageInTheMiddleOfAListIsFull() throws Exception {
        for (Optional<String> webhook : options("big", "backlog")) {
            DeliveryFilter filter = filter(webhook, Optional.empty(), Set.of());
            assertThat(pages(filter, 2 * PAGES)).hasSize(2 * PAGES * LIMIT);
        }
    }

    @Test
    void deliveriesOfOneEventAreFound() throws Exception {
        DeliveryFilter filter = new DeliveryFilter(
                TenantScope.of(Optional.of("t1")),
                Optional.empty(),
                Optional.of("e1000001"),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        assertThat(pages(filter, -1)).extracting(Delivery::webhookId).containsExactly("backlog");
    }

    /** Of 200 webhooks in two tenants, which have a count in each of 250 hours. */
    @Test
    void countsByTheHourReadNoMoreThanTheyAreAbout() throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);
        UUID writer = UUID.randomUUID();
        for (int hour = 1; hour <= HOURS; hour++) {
            List<HourlyCount> part = new ArrayList<>();
            for (int webhook = 0; webhook < WEBHOOKS; webhook++) {
                part.add(new HourlyCount(
                        now.minus(hour, ChronoUnit.HOURS),
                        "w" + webhook,
                        Optional.of("t" + webhook % 2),
                        DeliveryState.DELIVERED,
                        "",
                        1,
                        Duration.ofMillis(1)));
            }
            rollups().add(writer, hour, part);
        }
        Instant aDay = now.minus(1, ChronoUnit.DAYS);
        Instant twoHours = now.minus(2, ChronoUnit.HOURS);

        assertThat(rowsRead(() -> rollups().ofWebhook(TenantScope.ALL, "w7", aDay, now, BUDGET)))
                .isLessThanOrEqualTo(24 + FEW);
        // The sums are made of a copy that some databases read once more, or twice.
        assertThat(rowsRead(() -> rollups().totals(TenantScope.ALL, twoHours, now, BUDGET)))
                .isLessThanOrEqualTo(3 * 2 * WEBHOOKS + FEW);
        assertThat(rowsRead(() -> rollups().totals(TenantScope.of(Optional.of("t1")), twoHours, now, BUDGET)))
                .isLessThanOrEqualTo(3 * WEBHOOKS + FEW);
        assertThat(rowsRead(() -> assertThat(
                                rollups().totals(TenantScope.ALL, now.minus(99, ChronoUnit.DAYS), now, LIMIT))
                        .isEmpty()))
                .isLessThanOrEqualTo(3 * (LIMIT + 1) + FEW);
        // Found by one index, and each deleted by another.
        assertThat(rowsRead(() -> assertThat(rollups().forget(now.minus(100, ChronoUnit.HOURS), LIMIT))
                        .isEqualTo(LIMIT)))
                .isLessThanOrEqualTo(3 * LIMIT + FEW);
        HourlyCount more =
                new HourlyCount(twoHours, "w7", Optional.of("t1"), DeliveryState.DELIVERED, "", 1, Duration.ZERO);
        assertThat(rowsRead(() -> {
                    rollups().add(writer, HOURS + 1, List.of(more));
                    return true;
                }))
                .isLessThanOrEqualTo(FEW);
    }

    @Test
    void pageOfEventsReadsBoundedRowsWhateverTheFilter() throws Exception {
        Instant middle = DeliveryId.publishedAt(key((ENDED + ALL) / 2));
        for (TenantScope scope : List.of(
                TenantScope.ALL,
                TenantScope.NONE,
                TenantScope.of(Optional.of("t1")),
                TenantScope.of(Optional.of("t2")))) {
            for (Optional<String> type : options("common", "rare")) {
                for (Optional<Instant> before : List.of(Optional.<Instant>empty(), Optional.of(middle))) {
                    for (boolean unmatched : List.of(false, true)) {
                        EventFilter filter =
                                new EventFilter(scope, type, Optional.empty(), before, Optional.empty(), unmatched);
                        eventPages(filter, PAGES, BUDGET + LIMIT + FEW);
                    }
                }
            }
        }
    }

    @Test
    void everyPageOfAllEventsIsFullAndReadsNoMoreThanItShows() throws Exception {
        EventFilter all = EventFilter.all(TenantScope.ALL);

        assertThat(eventPages(all, PAGES, 2 * LIMIT + FEW)).hasSize(PAGES * LIMIT);
    }

    @Test
    void tenEventsBehindAHundredThousandAreFound() throws Exception {
        EventFilter few = EventFilter.all(TenantScope.of(Optional.of("t2")));

        assertThat(eventPages(few, -1, BUDGET + LIMIT + FEW))
                .hasSize(10)
                .extracting(PublishedEvent::publishedAt)
                .startsWith(at(1_000_000), at(900_000));
    }

    @Test
    void findingAnEventReadsItsRowOnly() throws Exception {
        assertThat(rowsRead(() -> history().event(TenantScope.of(Optional.of("t2")), "e500000")))
                .isLessThanOrEqualTo(FEW);
        assertThat(rowsRead(() -> history().event(TenantScope.ALL, StoredEvent.idOf(key(1_000_001)))))
                .isLessThanOrEqualTo(FEW);
    }

    private List<PublishedEvent> eventPages(EventFilter filter, int most, long bound) throws Exception {
        List<PublishedEvent> found = new ArrayList<>();
        Optional<UUID> after = Optional.empty();
        int pages = 0;
        do {
            Optional<UUID> from = after;
            EventPage[] page = new EventPage[1];
            assertThat(rowsRead(() -> page[0] = history().events(filter, from, LIMIT, BUDGET)))
                    .as("%s after %s", filter, from)
                    .isLessThanOrEqualTo(bound);
            found.addAll(page[0].events());
            after = page[0].next();
            pages++;
        } while (after.isPresent() && pages != most);
        return found;
    }

    /** How many rows the database counts for a delivery that is forgotten. */
    int rowsOfAForgottenDelivery() {
        return 5;
    }

    /** How many rows it counts for an old event that has to stay. */
    int rowsOfAnOldEvent() {
        return 2;
    }

    /** What is read of the history of 600,000 that is old, and of 50,000 old events which all have to stay. */
    @Test
    void stepOfForgettingReadsSomeRowsForEachOfItsBudget() throws Exception {
        Optional<UUID> deliveries = Optional.of(key(600_000));
        Optional<UUID> events = Optional.of(key(1_050_000));
        for (int i = 0; i < PAGES; i++) {
            Optional<UUID> olderThan = deliveries;
            Optional<UUID> after = events;
            List<BulkStep<UUID>> steps = new ArrayList<>();
            // Each row is read in a page, locked and deleted, and its event looked for, and pending deliveries of that.
            assertThat(rowsRead(() -> steps.add(history().forgetDeliveries(StoreRows.LATER, olderThan, FORGOTTEN))))
                    .as("deliveries")
                    .isBetween((long) FORGOTTEN, (long) rowsOfAForgottenDelivery() * FORGOTTEN + FEW);
            // Each is read, and the first of its pending deliveries.
            assertThat(rowsRead(() -> steps.add(history().forgetEvents(StoreRows.LATER, after, FORGOTTEN))))
                    .as("events")
                    .isBetween((long) FORGOTTEN, (long) rowsOfAnOldEvent() * FORGOTTEN + FEW);
            assertThat(steps).extracting(BulkStep::done).containsExactly(FORGOTTEN - 1, 0);
            deliveries = steps.get(0).next();
            events = steps.get(1).next();
        }
    }

    private static DeliveryFilter filter(Optional<String> webhook, Optional<String> type, Set<DeliveryState> states) {
        return new DeliveryFilter(
                TenantScope.ALL,
                webhook,
                Optional.empty(),
                type,
                states,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Instant at(int n) {
        return DeliveryId.publishedAt(key(n));
    }

    /** The key of the event with this number. */
    static UUID key(int n) {
        String digits = String.format("%012d", n);
        return UUID.fromString(digits.substring(0, 8) + "-" + digits.substring(8) + "-7000-8000-" + digits);
    }
}
