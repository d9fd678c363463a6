package io.github.webhooks4j.examples;

import io.github.webhooks4j.store.DeliveryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens to what the engine asks of a store. */
final class StoreCalls {
    private final AtomicInteger claimed = new AtomicInteger();
    private final Queue<Integer> confirmed = new ConcurrentLinkedQueue<>();

    /** The same store, listened to. */
    DeliveryStore of(DeliveryStore store) {
        return (DeliveryStore) Proxy.newProxyInstance(
                StoreCalls.class.getClassLoader(), new Class<?>[] {DeliveryStore.class}, (proxy, method, args) -> {
                    Object result = invoke(store, method, args);
                    note(method.getName(), args, result);
                    return result;
                });
    }

    private static Object invoke(DeliveryStore store, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(store, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void note(String method, Object[] args, Object result) {
        if (method.equals("claim")) {
            claimed.addAndGet(((List<?>) result).size());
        } else if (method.equals("confirm")) {
            confirmed.add(((Collection<?>) args[0]).size());
        }
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
