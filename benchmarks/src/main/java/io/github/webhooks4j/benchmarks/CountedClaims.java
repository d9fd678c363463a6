package io.github.webhooks4j.benchmarks;

import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that counts how often it is asked to claim for some webhooks, and how many deliveries of theirs it hands out. */
final class CountedClaims {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger rows = new AtomicInteger();
    private final DeliveryStore store;

    CountedClaims(DeliveryStore target, Set<String> webhooks) {
        store = (DeliveryStore) Proxy.newProxyInstance(
                CountedClaims.class.getClassLoader(), new Class<?>[] {DeliveryStore.class}, (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(target, args);
                        if (method.getName().equals("claim")) {
                            count(webhooks, (Map<?, ?>) args[0], (List<?>) result);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void count(Set<String> webhooks, Map<?, ?> room, List<?> claimed) {
        Set<Object> asked = new HashSet<>(room.keySet());
        asked.retainAll(webhooks);
        calls.addAndGet(asked.size());
        for (Object each : claimed) {
            if (webhooks.contains(((Claimed) each).claim().webhookId())) {
                rows.incrementAndGet();
            }
        }
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
