package io.github.webhooks4j.it;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryQueue;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that counts what is asked of the queue of another, and what its claims brought. It can hold confirming reads up. */
final class Counted {
    private final AtomicInteger confirms = new AtomicInteger();
    private final AtomicInteger claimed = new AtomicInteger();
    private final Map<String, AtomicInteger> claimedFor = new ConcurrentHashMap<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final DeliveryStore store;

    Counted(DeliveryStore target) {
        store = ForwardingStore.withQueue(target, Queue::new);
    }

    private final class Queue extends ForwardingQueue {
        Queue(DeliveryQueue target) {
            super(target);
        }

        @Override
        public Set<Claim> confirm(Collection<Claim> claims) {
            confirms.incrementAndGet();
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.confirm(claims);
        }

        @Override
        public ClaimBatch claim(List<Want> wants, Duration lease) {
            ClaimBatch batch = super.claim(wants, lease);
            batch.claimed().forEach(this::claimed);
            return batch;
        }

        private void claimed(Claimed delivery) {
            claimed.incrementAndGet();
            claimedFor
                    .computeIfAbsent(delivery.claim().webhookId(), id -> new AtomicInteger())
                    .incrementAndGet();
        }
    }

    DeliveryStore store() {
        return store;
    }

    /** Has those who ask which claims stand wait from now on. */
    void holdConfirms() {
        gate = new CountDownLatch(1);
    }

    /** Lets them go on. */
    void releaseConfirms() {
        gate.countDown();
    }

    /** How often it was asked which claims stand. */
    int confirms() {
        return confirms.get();
    }

    /** How many deliveries were claimed, born leased ones not counted. */
    int claimed() {
        return claimed.get();
    }

    /** How many deliveries of this webhook were claimed. */
    int claimedFor(String webhookId) {
        return claimedFor.getOrDefault(webhookId, new AtomicInteger()).get();
    }
}
