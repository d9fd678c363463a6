package io.github.webhooks4j.it;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A transport that keeps account of its requests by the path of their URL: all that were made, and how many at a time. */
final class RecordedTransport implements Transport {
    /** A request, when it was made by {@link System#nanoTime}, and how many had been made before. */
    record Sent(String path, String eventId, long nanos, int position) {}

    /** What answers; interrupted when the client is closed. */
    @FunctionalInterface
    interface Answers {
        Answer to(Request request) throws InterruptedException;
    }

    private final Answers answers;
    private final Transport network;
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final Map<String, Integer> underWay = new HashMap<>(); // guarded by itself
    private final Map<String, Integer> mostUnderWay = new HashMap<>(); // guarded by underWay

    private RecordedTransport(Answers answers, Transport network) {
        this.answers = answers;
        this.network = network;
    }

    /** Of what another sends. */
    static RecordedTransport of(Transport network) {
        return new RecordedTransport(network::send, network);
    }

    /** Without a network. */
    static RecordedTransport answering(Answers answers) {
        return new RecordedTransport(answers, null);
    }

    /** The path of a URL without a query. */
    static String path(String url) {
        return url.substring(url.indexOf('/', "https://".length()));
    }

    List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** Requests to this path. */
    List<Sent> sentTo(String path) {
        return sent.stream().filter(each -> each.path.equals(path)).toList();
    }

    /** How many requests were made. */
    int made() {
        return made.get();
    }

    /** How many requests have ended. */
    int completed() {
        return completed.get();
    }

    /** The most requests to this path at a time; to all with the path {@code ""}. */
    int mostUnderWay(String path) {
        synchronized (underWay) {
            return mostUnderWay.getOrDefault(path, 0);
        }
    }

    @Override
    public void open(EgressPolicy policy) {
        if (network != null) {
            network.open(policy);
        }
    }

    @Override
    public Answer send(Request request) {
        String path = path(request.url());
        int position = made.getAndIncrement();
        sent.add(new Sent(path, request.headers().get("webhook-id"), System.nanoTime(), position));
        count(path, 1);
        try {
            return answers.to(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.failed(Failure.OURS);
        } finally {
            count(path, -1);
            completed.incrementAndGet();
        }
    }

    private void count(String path, int change) {
        synchronized (underWay) {
            for (String each : List.of(path, "")) {
                int now = underWay.merge(each, change, Integer::sum);
                mostUnderWay.merge(each, now, Math::max);
            }
        }
    }

    @Override
    public void close() {
        if (network != null) {
            network.close();
        }
    }
}
