package io.github.webhooks4j.it;

import io.github.webhooks4j.store.DeliveryStore;
import io.github.webhooks4j.store.DeliveryStore.Claimed;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that counts what is asked of another: calls by the method's name, and what its claims brought. It can hold calls up. */
final class Counted {
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final AtomicInteger claimed = new AtomicInteger();
    private final Map<String, AtomicInteger> claimedFor = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final DeliveryStore store;

    Counted(DeliveryStore target) {
        store = (DeliveryStore) Proxy.newProxyInstance(
                Counted.class.getClassLoader(), new Class<?>[] {DeliveryStore.class}, (proxy, method, args) -> {
                    calls.computeIfAbsent(method.getName(), name -> new AtomicInteger())
                            .incrementAndGet();
                    CountDownLatch gate = gates.get(method.getName());
                    if (gate != null) {
                        gate.await();
                    }
                    try {
                        Object result = method.invoke(target, args);
                        if (method.getName().equals("claim")) {
                            claimed((List<?>) result);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void claimed(List<?> deliveries) {
        claimed.addAndGet(deliveries.size());
        for (Object each : deliveries) {
            String webhookId = ((Claimed) each).claim().webhookId();
            claimedFor.computeIfAbsent(webhookId, id -> new AtomicInteger()).incrementAndGet();
        }
    }

    /** Holds calls of this method up, which count already. */
    void hold(String method) {
        gates.put(method, new CountDownLatch(1));
    }

    /** Lets them go on. */
    void release(String method) {
        CountDownLatch gate = gates.remove(method);
        if (gate != null) {
            gate.countDown();
        }
    }

    DeliveryStore store() {
        return store;
    }

    int calls(String method) {
        return calls.getOrDefault(method, new AtomicInteger()).get();
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
