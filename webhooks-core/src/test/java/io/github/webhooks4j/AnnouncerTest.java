package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the listeners are told, and when. */
class AnnouncerTest {
    private static final int ROUNDS = 20_000;
    private static final Delivery DELIVERY =
            new Delivery("event", "type", "webhook", Optional.empty(), DeliveryState.DELIVERED, 1, Optional.empty());

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
}
