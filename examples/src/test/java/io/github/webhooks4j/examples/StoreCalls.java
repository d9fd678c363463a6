package io.github.webhooks4j.examples;

import io.github.webhooks4j.store.Claim;
import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens to what the engine asks of a store. */
final class StoreCalls {
    private final AtomicInteger claimed = new AtomicInteger();
    private final Queue<Integer> confirmed = new ConcurrentLinkedQueue<>();

    /** The same store, listened to. */
    DeliveryStore of(DeliveryStore store) {
        return ForwardingStore.withQueue(store, queue -> new ForwardingQueue(queue) {
            @Override
            public ClaimBatch claim(List<Want> wants, Duration lease) {
                ClaimBatch batch = super.claim(wants, lease);
                claimed.addAndGet(batch.claimed().size());
                return batch;
            }

            @Override
            public Set<Claim> confirm(Collection<Claim> claims) {
                Set<Claim> standing = super.confirm(claims);
                confirmed.add(claims.size());
                return standing;
            }
        });
    }

    /** How many deliveries were found by a claim. */
    int claimed() {
        return claimed.get();
    }

    /** How many deliveries each confirming read asked for. */
    List<Integer> confirmed() {
        return List.copyOf(confirmed);
    }
}
