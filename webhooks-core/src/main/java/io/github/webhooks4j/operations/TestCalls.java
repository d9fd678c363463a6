package io.github.webhooks4j.operations;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.machine.Ticker;
import io.github.webhooks4j.machine.UnderWay;
import io.github.webhooks4j.store.DeliveryHistory;
import io.github.webhooks4j.store.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes test calls, within bounds, and keeps what came of them. Safe for use by any thread. */
public final class TestCalls {
    private static final Logger log = LoggerFactory.getLogger(TestCalls.class);

    private final Supplier<DeliveryHistory> history;
    private final Executor requests;
    private final Executor writers;
    private final TestBounds bounds;
    private final UnderWay underWay = new UnderWay();

    /**
     * The test calls of a client.
     *
     * @param requests whose threads send
     * @param writers whose threads write the history, and are never interrupted: that would close the database file or the connection
     * @param patience how long a call waits for its turn
     */
    public TestCalls(
            Supplier<DeliveryHistory> history, Executor requests, Executor writers, Ticker ticker, Duration patience) {
        this.history = history;
        this.requests = requests;
        this.writers = writers;
        bounds = new TestBounds(ticker, patience);
    }

    /**
     * Makes some calls, as many at a time as may be, and waits for all of them, through interrupts. Either all of them are within the
     * rate, or none is made. Once it is the first one's turn, the others wait for theirs as long as it takes.
     *
     * @param kept whether they go into the history
     * @return the attempts that count, by the id of the webhook, in the order of the calls
     * @throws io.github.webhooks4j.history.TooManyTestsException if there are too many; none was made
     */
    public Map<String, Attempt> make(List<TestCall> calls, boolean kept) {
        Map<String, CompletableFuture<Outcome>> made = new LinkedHashMap<>();
        if (calls.isEmpty()) {
            return Map.of();
        }
        underWay.begin();
        try {
            bounds.begin(calls.stream().map(TestCall::tenant).toList());
            for (TestCall call : calls) {
                if (!made.isEmpty()) {
                    bounds.awaitTurn(call.tenant());
                }
                made.put(call.webhookId(), start(call, kept));
            }
        } finally {
            made.values().forEach(TestCalls::awaitEnd);
            underWay.end();
        }
        Map<String, Attempt> answers = new LinkedHashMap<>();
        made.forEach((id, outcome) -> answers.put(id, outcome.join().attempt().orElseThrow()));
        return Collections.unmodifiableMap(answers);
    }

    /** Whose turn it is. */
    private CompletableFuture<Outcome> start(TestCall call, boolean kept) {
        CompletableFuture<Outcome> sent;
        try {
            sent = CompletableFuture.supplyAsync(call.send(), requests);
        } catch (RejectedExecutionException e) {
            bounds.endTurn(call.tenant());
            throw new IllegalStateException(TestBounds.CLOSED, e);
        }
        CompletableFuture<Outcome> ended = sent.whenComplete((outcome, thrown) -> bounds.endTurn(call.tenant()));
        return kept ? ended.thenApplyAsync(this::keep, writers) : ended;
    }

    private static void awaitEnd(CompletableFuture<Outcome> outcome) {
        outcome.handle((made, thrown) -> true).join(); // does not look at the interrupt flag
    }

    private Outcome keep(Outcome made) {
        try {
            history.get().addTest(made);
        } catch (RuntimeException | Error e) {
            log.warn(
                    "the test call of webhook {} was made, and is not in the history: event {} could not be stored",
                    made.claim().webhookId(),
                    made.claimed().event().id(),
                    e);
        }
        return made;
    }

    /** Begins no further request; who waits for a turn is refused. */
    public void close() {
        bounds.close();
    }

    /** Waits until no call is under way; false if one is when the time is over. */
    public boolean awaitEnd(long nanos) throws InterruptedException {
        return underWay.awaitOthers(nanos);
    }
}
