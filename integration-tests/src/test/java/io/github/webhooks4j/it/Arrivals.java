package io.github.webhooks4j.it;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A receiver that keeps account of what came from which node, by pair: event id, space, webhook id. */
final class Arrivals implements AutoCloseable {
    /** The header in which a node names itself. */
    static final String NODE = "x-node";

    /** One request, and when it came by {@link System#nanoTime}. */
    record Arrival(String pair, String node, long nanos) {}

    /** Told of each request before it is answered. */
    @FunctionalInterface
    interface Watcher {
        void arrived(Arrival arrival) throws InterruptedException;
    }

    private final Map<String, List<Arrival>> byPair = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> byNode = new ConcurrentHashMap<>();
    private volatile Watcher watcher = arrival -> {};
    private volatile long last = System.nanoTime();
    private final Receiver receiver;

    Arrivals() throws IOException {
        receiver = Receiver.start(this::answer);
    }

    private int answer(Receiver.Request request) throws InterruptedException {
        String pair = request.header("webhook-id") + " " + request.path().substring(1);
        String node = request.headerNames().contains(NODE) ? request.header(NODE) : "";
        Arrival arrival = new Arrival(pair, node, System.nanoTime());
        byPair.computeIfAbsent(pair, each -> new CopyOnWriteArrayList<>()).add(arrival);
        byNode.computeIfAbsent(node, each -> new AtomicInteger()).incrementAndGet();
        last = arrival.nanos;
        watcher.arrived(arrival);
        return 200;
    }

    void watch(Watcher watcher) {
        this.watcher = watcher;
    }

    /** The URL of a webhook. */
    String url(String webhookId) {
        return receiver.url("/" + webhookId);
    }

    Set<String> pairs() {
        return Set.copyOf(byPair.keySet());
    }

    /** How many different pairs arrived. */
    int count() {
        return byPair.size();
    }

    /** How many requests came. */
    int requests() {
        return byNode.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /** How many requests a node made. */
    int from(String node) {
        AtomicInteger count = byNode.get(node);
        return count == null ? 0 : count.get();
    }

    /** When the last request came. */
    long last() {
        return last;
    }

    /** The pairs that this node sent, of these. */
    Set<String> sentBy(String node, Collection<String> pairs) {
        return pairs.stream()
                .filter(pair ->
                        byPair.getOrDefault(pair, List.of()).stream().anyMatch(arrival -> arrival.node.equals(node)))
                .collect(Collectors.toSet());
    }

    /** Whether this pair came more than once. */
    boolean isRepeated(String pair) {
        return byPair.getOrDefault(pair, List.of()).size() > 1;
    }

    /** When the last request came, of these pairs. */
    long lastOf(Set<String> pairs) {
        return pairs.stream()
                .flatMap(pair -> byPair.getOrDefault(pair, List.of()).stream())
                .mapToLong(Arrival::nanos)
                .max()
                .orElseThrow();
    }

    /** The requests of each pair that came more than once, in their order. */
    Map<String, List<Arrival>> repeated() {
        Map<String, List<Arrival>> repeated = new HashMap<>();
        byPair.forEach((pair, arrivals) -> {
            if (arrivals.size() > 1) {
                repeated.put(pair, List.copyOf(arrivals));
            }
        });
        return repeated;
    }

    /** Each of these events to each of these webhooks. */
    static Set<String> pairs(Collection<String> events, Collection<String> webhooks) {
        Set<String> pairs = new HashSet<>();
        events.forEach(event -> webhooks.forEach(webhook -> pairs.add(event + " " + webhook)));
        return pairs;
    }

    @Override
    public void close() throws IOException {
        receiver.close();
    }
}
