package io.github.webhooks4j.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.NewDelivery;
import io.github.webhooks4j.store.NewEvent;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import io.github.webhooks4j.store.Sweep;
import io.github.webhooks4j.store.Swept;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Deliveries are ended a page at a time, and no webhook waits for the backlog of another. */
class SweeperTest {
    private static final int PAGE = 500;

    private final ManualClock clock = new ManualClock();
    private final DeliveryStore store = ManualStore.on(clock);
    private final Map<String, Sweep> plans = new HashMap<>();
    private final List<String> clean = new ArrayList<>();
    private final List<Delivery> ended = new ArrayList<>();
    private final List<String> pages = new ArrayList<>();
    private boolean away;
    private final Sweeper sweeper = new Sweeper(watched(), new Planned(), ended::add, clock);

    private final class Planned implements Sweeper.Plan {
        @Override
        public Optional<Sweep> sweep(String webhookId) {
            return Optional.ofNullable(plans.get(webhookId));
        }

        @Override
        public void clean(Sweep sweep) {
            clean.add(sweep.webhookId());
        }
    }

    private DeliveryQueue watched() {
        return new ForwardingQueue(store.queue()) {
            @Override
            public Swept sweep(Sweep sweep, int budget) {
                if (away) {
                    throw new StoreException("away", true, new IllegalStateException());
                }
                assertThat(budget).isEqualTo(PAGE);
                pages.add(sweep.webhookId());
                return super.sweep(sweep, budget);
            }
        };
    }

    private void publish(String webhookId, int count) {
        for (int i = 0; i < count; i++) {
            StoredEvent event = new StoredEvent(
                    UUID.randomUUID(),
                    webhookId + i + "-" + clock.nanos(),
                    Optional.empty(),
                    "x",
                    Instant.EPOCH,
                    "application/json",
                    true,
                    Map.of(),
                    new byte[] {'1'});
            store.queue()
                    .insert(List.of(
                            new NewEvent(event, List.of(new NewDelivery(webhookId, Optional.empty(), Duration.ZERO)))));
        }
        clock.advance(Duration.ofMillis(1));
    }

    private void cancel(String webhookId) {
        plans.put(webhookId, Sweep.cancelStoredBefore(webhookId, clock.instant()));
        sweeper.look(webhookId);
    }

    private void sweepAll() {
        while (sweeper.step().compareTo(Duration.ofMinutes(1)) < 0) {
            // there is more
        }
    }

    @Test
    void webhooksTakeTurns() {
        publish("large", 5 * PAGE);
        publish("small", 10);
        cancel("large");
        cancel("small");

        sweepAll();

        assertThat(pages.subList(0, 2)).containsExactly("large", "small");
        assertThat(ended).hasSize(5 * PAGE + 10).doesNotHaveDuplicates();
        assertThat(clean).containsExactlyInAnyOrder("small", "large");
    }

    @Test
    void itIsCleanWhenAWholePassMetNothing() {
        publish("a", PAGE + 1);
        cancel("a");
        publish("a", 3);

        sweeper.step();
        sweeper.step();
        assertThat(clean).isEmpty();
        sweepAll();

        assertThat(ended).hasSize(PAGE + 1);
        assertThat(clean).containsExactly("a");
        assertThat(store.queue().due(10)).as("what was published later").containsKey("a");
    }

    @Test
    void somebodyWhoChangesHisMindIsHeardBeforeTheNextPage() {
        publish("a", 3 * PAGE);
        cancel("a");
        sweeper.step();
        plans.clear();

        sweepAll();

        assertThat(ended).hasSize(PAGE);
        assertThat(clean).isEmpty();
    }

    @Test
    void storeThatIsAwayForAMomentLosesNothing() {
        publish("a", 3 * PAGE);
        cancel("a");
        sweeper.step();
        away = true;
        assertThatThrownBy(sweeper::step).isInstanceOf(StoreException.class);
        away = false;

        sweepAll();

        assertThat(ended).hasSize(3 * PAGE).doesNotHaveDuplicates();
        assertThat(clean).containsExactly("a");
    }

    /** Both are told to at once; the second of them meets what the first has ended, and leaves it alone. */
    @Test
    void twoNodesEndEachDeliveryOnce() {
        publish("a", 3 * PAGE);
        Sweeper other = new Sweeper(store.queue(), new Planned(), ended::add, clock);
        cancel("a");
        other.look("a");

        for (int i = 0; i < 10; i++) {
            sweeper.step();
            other.step();
        }

        assertThat(ended).hasSize(3 * PAGE).doesNotHaveDuplicates();
        assertThat(clean).containsOnly("a");
    }

    @Test
    void whatOthersAreAtIsLeftToThemForAWhile() {
        publish("a", 10);
        DeliveryQueue lost = new ForwardingQueue(store.queue()) {
            @Override
            public Swept sweep(Sweep sweep, int budget) {
                pages.add(sweep.webhookId());
                return new Swept(List.of(), 10, Optional.empty()); // another node ended all of them at the same moment
            }
        };
        Sweeper late = new Sweeper(lost, new Planned(), ended::add, clock);
        plans.put("a", Sweep.cancelStoredBefore("a", clock.instant()));
        late.look("a");
        late.step();

        assertThat(late.step()).isEqualTo(Duration.ofSeconds(5));
        assertThat(pages).hasSize(1);
        clock.advance(Duration.ofSeconds(5));
        late.step();
        assertThat(pages).hasSize(2);
    }
}
