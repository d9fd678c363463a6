package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.lanes.CustomerShare;
import io.github.webhooks4j.lanes.Held;
import io.github.webhooks4j.lanes.Lane;
import io.github.webhooks4j.lanes.Lanes;
import io.github.webhooks4j.machine.ManualClock;
import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ManualStore;
import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was published in transactions of callers is sent when the store shows it, and only then. */
class ConfirmationsTest {
    private static final Duration LATE = Duration.ofSeconds(15);
    private static final int HELD_BY_NODE = 40;

    private final ManualClock clock = new ManualClock();
    private final Lanes lanes = new Lanes(
            new Lanes.Limits(2, 100, new CustomerShare(100, 100), HELD_BY_NODE, 10_000, 100, Duration.ofSeconds(2)),
            Lanes.Terms::new);
    private final Set<Claim> committed = new HashSet<>();
    private final List<Integer> reads = new ArrayList<>();
    private final List<Held> givenBack = new ArrayList<>();
    private boolean away;
    private final Confirmations confirmations = new Confirmations(store(), lanes, clock, givenBack::add);

    @BeforeEach
    void open() {
        lanes.open();
    }

    private DeliveryQueue store() {
        return new ForwardingQueue(ManualStore.on(clock).queue()) {
            @Override
            public Set<Claim> confirm(Collection<Claim> claims) {
                if (away) {
                    throw new StoreException("away", true, new IllegalStateException());
                }
                reads.add(claims.size());
                return committed.stream().filter(claims::contains).collect(Collectors.toSet());
            }
        };
    }

    private Confirmations.Batch published(String webhookId, int count) {
        List<Held> held = IntStream.range(0, count)
                .filter(i -> lanes.reserveUncommitted(webhookId, 1))
                .mapToObj(i -> held(webhookId))
                .toList();
        assertThat(held).hasSize(count);
        return confirmations.add(held, clock.nanos() + LATE.toNanos());
    }

    private static Held held(String webhookId) {
        StoredEvent event = new StoredEvent(
                UUID.randomUUID(), "e", Optional.empty(), "t", Instant.EPOCH, "a/b", true, Map.of(), new byte[1]);
        Claim claim = new Claim(event.key(), webhookId, Claim.FIRST_FENCE);
        return new Held(new Claimed(claim, 0, Instant.EPOCH, Instant.EPOCH, event), Long.MAX_VALUE);
    }

    private void commit(Confirmations.Batch batch) {
        batch.held().forEach(held -> committed.add(held.claimed().claim()));
    }

    private int started() {
        int started = 0;
        for (Held next = lanes.take(); next != null; next = lanes.take()) {
            lanes.completed(next, new Lane.Exchange(1, 1, Lane.Pace.UNKNOWN));
            started++;
        }
        return started;
    }

    private int roomOfTheNode() {
        int room = 0;
        while (lanes.reserveUncommitted("probe" + room, 1)) {
            room++;
        }
        IntStream.range(0, room).forEach(i -> lanes.unreserveUncommitted(1));
        return room;
    }

    @Test
    void nothingIsReadBeforeTheHintThatWillCome() {
        Confirmations.Batch batch = published("a", 1);
        commit(batch);
        clock.advance(Duration.ofSeconds(10));
        confirmations.look();
        assertThat(reads).isEmpty();
        assertThat(started()).isZero();

        confirmations.hinted(batch);
        confirmations.look();

        assertThat(reads).containsExactly(1);
        assertThat(started()).isEqualTo(1);
    }

    @Test
    void oneReadConfirmsMany() {
        List<Confirmations.Batch> batches =
                IntStream.range(0, 5).mapToObj(i -> published("w" + i, 2)).toList();
        batches.forEach(this::commit);
        batches.forEach(confirmations::hinted);

        confirmations.look();

        assertThat(reads).containsExactly(10);
        assertThat(started()).isEqualTo(10);
    }

    @Test
    void whatTheHintedReadDoesNotShowIsNeverSentAndGivesItsPlaceBack() {
        int room = roomOfTheNode();
        Confirmations.Batch batch = published("a", 2);
        assertThat(roomOfTheNode()).isEqualTo(room - 2);

        confirmations.hinted(batch);
        confirmations.look();

        commit(batch); // too late: nobody looks again
        clock.advance(LATE);
        confirmations.look();
        assertThat(started()).isZero();
        assertThat(roomOfTheNode()).isEqualTo(room);
        assertThat(reads).hasSize(1);
    }

    @Test
    void withoutAHintItLooksLessAndLessOftenUntilItIsTooLate() {
        Confirmations.Batch batch = published("a", 1);
        confirmations.lookFor(batch);

        List<Long> looks = new ArrayList<>();
        long began = clock.nanos();
        for (long next = confirmations.next(); next != Long.MAX_VALUE; next = confirmations.next()) {
            clock.advance(Duration.ofNanos(next - clock.nanos()));
            looks.add((clock.nanos() - began) / 1_000_000);
            confirmations.look();
        }

        assertThat(looks).startsWith(2L, 7L, 17L, 37L, 87L, 187L, 287L);
        assertThat(looks.get(looks.size() - 1)).isEqualTo(LATE.toMillis());
        assertThat(reads).hasSize(looks.size() - 1);
        assertThat(started()).isZero();
    }

    @Test
    void committedWithoutAHintIsFoundByTheNextLook() {
        Confirmations.Batch batch = published("a", 1);
        confirmations.lookFor(batch);
        clock.advance(Duration.ofMillis(2));
        confirmations.look();
        commit(batch);
        clock.advance(Duration.ofMillis(5));
        confirmations.look();

        assertThat(started()).isEqualTo(1);
        assertThat(confirmations.next()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void committedForALaneWithoutRoomIsGivenBack() {
        Confirmations.Batch batch = published("a", 8); // of which a slow lane can start four in time
        commit(batch);
        confirmations.hinted(batch);

        confirmations.look();

        assertThat(givenBack).hasSize(4);
        assertThat(started()).isEqualTo(4);
    }

    @Test
    void openTransactionsTakeAQuarterOfTheNodeAtMostAndNoPlaceInLanes() {
        published("a", HELD_BY_NODE / 4);

        assertThat(lanes.reserveUncommitted("b", 1)).isFalse();
        assertThat(lanes.reserve("a", 1)).isTrue();
    }

    @Test
    void storeThatIsAwayIsAskedAgain() {
        Confirmations.Batch batch = published("a", 1);
        commit(batch);
        confirmations.hinted(batch);
        away = true;
        assertThatThrownBy(confirmations::look).isInstanceOf(StoreException.class);

        away = false;
        confirmations.look();

        assertThat(started()).isEqualTo(1);
    }

    @Test
    void atTheEndWhatWasCommittedIsGivenBackAtOnce() {
        Confirmations.Batch done = published("a", 1);
        published("b", 1);
        commit(done);
        lanes.close();

        confirmations.close();

        assertThat(givenBack).extracting(Held::webhookId).containsExactly("a");
        assertThat(confirmations.next()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void atTheEndAllAreLookedFor() {
        Lanes large = new Lanes(
                new Lanes.Limits(5, 100, new CustomerShare(100, 100), 100_000, 1 << 30, 100, Duration.ofSeconds(2)),
                Lanes.Terms::new);
        large.open();
        Confirmations many = new Confirmations(store(), large, clock, givenBack::add);
        for (int i = 0; i < 30; i++) {
            List<Held> held = IntStream.range(0, 100)
                    .filter(n -> large.reserveUncommitted("w" + n, 1))
                    .mapToObj(n -> held("w" + n))
                    .toList();
            commit(many.add(held, clock.nanos() + LATE.toNanos()));
        }
        large.close();

        many.close();

        assertThat(givenBack).hasSize(3000);
    }

    /** On a node that only publishes, nobody would ever take it out. */
    @Test
    void nothingIsKeptOfWhatIsNotSentFromHere() {
        confirmations.hinted(confirmations.add(List.of(), clock.nanos() + LATE.toNanos()));
        confirmations.lookFor(confirmations.add(List.of(), clock.nanos() + LATE.toNanos()));

        assertThat(confirmations.next()).isEqualTo(Long.MAX_VALUE);
    }
}
