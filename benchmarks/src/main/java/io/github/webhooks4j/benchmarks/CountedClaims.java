package io.github.webhooks4j.benchmarks;

import io.github.webhooks4j.store.ClaimBatch;
import io.github.webhooks4j.store.Claimed;
import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.ForwardingQueue;
import io.github.webhooks4j.store.ForwardingStore;
import io.github.webhooks4j.store.Want;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that counts how often it is asked to claim for some webhooks, and how many deliveries of theirs it hands out. */
final class CountedClaims {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger rows = new AtomicInteger();
    private final DeliveryStore store;

    CountedClaims(DeliveryStore target, Set<String> webhooks) {
        store = ForwardingStore.withQueue(target, queue -> new ForwardingQueue(queue) {
            @Override
            public ClaimBatch claim(List<Want> wants, Duration lease) {
                ClaimBatch batch = super.claim(wants, lease);
                for (Want want : wants) {
                    calls.addAndGet(webhooks.contains(want.webhookId()) ? 1 : 0);
                }
                for (Claimed each : batch.claimed()) {
                    rows.addAndGet(webhooks.contains(each.claim().webhookId()) ? 1 : 0);
                }
                return batch;
            }
        });
    }

    DeliveryStore store() {
        return store;
    }

    /** How often they were claimed for. */
    int calls() {
        return calls.get();
    }

    /** How many deliveries were claimed. */
    int rows() {
        return rows.get();
    }
}
