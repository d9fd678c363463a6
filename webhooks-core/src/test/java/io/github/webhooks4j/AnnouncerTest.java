package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.machine.Loop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the listeners are told, and when. */
class AnnouncerTest {
    private static final int ROUNDS = 20_000;
    private static final Delivery DELIVERY = new Delivery(
            "82345678-1234-8234-8234-123456789012",
            "event",
            "type",
            "webhook",
            Optional.empty(),
            DeliveryState.DELIVERED,
            1,
            Instant.EPOCH,
            Optional.empty(),
            Optional.of(Instant.EPOCH),
            OptionalInt.of(200),
            Optional.empty(),
            false);

    private final Semaphore told = new Semaphore(0);
    private final Announcer announcer = new Announcer(List.of(new DeliveryListener() {
        @Override
        public void ended(Delivery delivery) {
            told.release();
        }
    }));

    /** Outcomes and changes of webhooks come from threads of their own. */
    @Test
    void callsOfTwoThreadsAtOnceAreMadeWithoutAnyFurtherOne() throws Exception {
        announcer.loop().start();
        AtomicInteger round = new AtomicInteger();
        Thread other = new Thread(() -> {
            for (int i = 1; i <= ROUNDS; i++) {
                while (round.get() < i) {
                    Thread.onSpinWait(); // to be as near to the other as it can
                }
                announcer.ended(DELIVERY);
            }
        });
        other.setDaemon(true);
        other.start();
        try {
            for (int i = 1; i <= ROUNDS; i++) {
                round.set(i);
                announcer.ended(DELIVERY);
                assertThat(told.tryAcquire(2, 5, TimeUnit.MINUTES))
                        .as("both calls of round %s", i)
                        .isTrue();
            }
        } finally {
            round.set(ROUNDS);
            announcer.close();
        }
        other.join();
    }

    // ---- the contract of DeliveryListener

    private static Delivery delivery(String eventId) {
        return new Delivery(
                DELIVERY.id(),
                eventId,
                "type",
                "webhook",
                Optional.empty(),
                DeliveryState.DELIVERED,
                1,
                Instant.EPOCH,
                Optional.empty(),
                Optional.of(Instant.EPOCH),
                OptionalInt.of(200),
                Optional.empty(),
                false);
    }

    private static DeliveryListener listener(Consumer<String> told) {
        return new DeliveryListener() {
            @Override
            public void ended(Delivery delivery) {
                told.accept(delivery.eventId());
            }
        };
    }

    @Test
    void listenersAreCalledInTheirOrderBeforeTheNextCallIsMade() {
        List<String> calls = new ArrayList<>();
        Announcer both = new Announcer(
                List.of(listener(id -> calls.add("first " + id)), listener(id -> calls.add("second " + id))));
        both.ended(delivery("1"));
        both.ended(delivery("2"));
        assertThat(calls).as("nobody is called by the thread that records").isEmpty();
        both.step();

        assertThat(calls).containsExactly("first 1", "second 1", "first 2", "second 2");
    }

    @Test
    void listenerThatThrowsIsLoggedAndKeepsNobodyFromBeingCalled() {
        List<String> calls = new ArrayList<>();
        Announcer both = new Announcer(List.of(
                listener(id -> {
                    calls.add("first " + id);
                    if (id.equals("1")) {
                        throw new IllegalStateException("as if");
                    }
                    throw new AssertionError("as if");
                }),
                listener(id -> calls.add("second " + id))));
        try (Logged logged = new Logged()) {
            both.ended(delivery("1"));
            both.ended(delivery("2"));
            both.step();

            assertThat(logged.lines("a listener threw")).hasSize(2);
        }
        assertThat(calls).containsExactly("first 1", "second 1", "first 2", "second 2");
    }

    @Test
    void interruptThatAListenerLeavesBehindIsNotTheNextOnes() {
        List<Boolean> interrupted = new ArrayList<>();
        Announcer both = new Announcer(List.of(
                listener(id -> Thread.currentThread().interrupt()),
                listener(id -> interrupted.add(Thread.currentThread().isInterrupted()))));
        both.ended(delivery("1"));
        both.step();

        assertThat(interrupted).containsExactly(false);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void tenThousandCallsWaitAndTheLogCountsThoseThatAreDropped() {
        List<String> calls = new ArrayList<>();
        Announcer slow = new Announcer(List.of(listener(calls::add)));
        try (Logged logged = new Logged()) {
            for (int i = 0; i < 10_003; i++) {
                slow.ended(delivery("e" + i));
            }
            assertThat(logged.lines("listeners are too slow: 10000 calls wait")).hasSize(1);
            slow.step();

            assertThat(logged.lines("3 calls to listeners were dropped")).hasSize(1);
        }
        assertThat(calls).hasSize(10_000).startsWith("e0").endsWith("e9999");
    }

    @Test
    void everyCallIsMadeByTheOneThreadOfTheAnnouncer() throws Exception {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Semaphore called = new Semaphore(0);
        Announcer one = new Announcer(List.of(listener(id -> {
            threads.add(Thread.currentThread().getName());
            called.release();
        })));
        one.ended(delivery("waits until it is started"));
        one.loop().start();
        for (int i = 0; i < 100; i++) {
            one.ended(delivery("e" + i));
        }
        assertThat(called.tryAcquire(101, 5, TimeUnit.MINUTES)).isTrue();
        one.close();

        assertThat(threads).containsExactly("webhooks4j-announce");
    }

    @Test
    void whatWaitsIsToldWhenItCloses() {
        List<String> calls = new ArrayList<>();
        Announcer closing = new Announcer(List.of(listener(calls::add)));
        closing.ended(delivery("1"));
        closing.close();

        assertThat(closing.step()).isEqualTo(Loop.OVER);
        assertThat(calls).containsExactly("1");
    }
}
