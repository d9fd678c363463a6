package io.github.webhooks4j;

import io.github.webhooks4j.egress.EgressPolicy;
import io.github.webhooks4j.transport.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A transport without a network: remembers requests, and answers as the test says. Safe for use by any thread. */
final class FakeTransport implements Transport {
    private final List<Request> requests = new ArrayList<>();
    private final Map<String, Deque<Answer>> scripts = new ConcurrentHashMap<>();
    private volatile Function<Request, Answer> otherwise = request -> Answer.of(200);
    private volatile boolean closed;

    /** What requests to this URL are answered, one after the other; then as all others. */
    FakeTransport answer(String url, Answer... answers) {
        scripts.computeIfAbsent(url, u -> new ArrayDeque<>()).addAll(List.of(answers));
        return this;
    }

    FakeTransport answerAll(Function<Request, Answer> otherwise) {
        this.otherwise = otherwise;
        return this;
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Request> requestsTo(String url) {
        return requests().stream().filter(request -> request.url().equals(url)).toList();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void open(EgressPolicy policy) {}

    @Override
    public Answer send(Request request) {
        Answer next;
        synchronized (this) {
            requests.add(request);
            Deque<Answer> script = scripts.get(request.url());
            next = script == null ? null : script.poll();
        }
        return next != null ? next : otherwise.apply(request);
    }

    @Override
    public void close() {
        closed = true;
    }
}
