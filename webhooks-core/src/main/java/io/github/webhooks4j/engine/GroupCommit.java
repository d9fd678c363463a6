package io.github.webhooks4j.engine;

import io.github.webhooks4j.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets publishers that come at the same time share one transaction. What comes while a round is committed goes into the
 * next; nobody waits for company.
 *
 * <p>Rounds run on a thread of the library's own, since the interrupt of one publisher, under a commit, would close the
 * connection or the database file for all who share it.
 *
 * @param <T> what is committed
 * @param <R> what each commit brings
 */
public final class GroupCommit<T, R> {
    private static final int MAX_GROUP = 256;

    private final Function<List<T>, List<R>> commit;
    private final Executor background;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Entry<T, R>> waiting = new ArrayDeque<>(); // guarded by lock
    private boolean busy; // guarded by lock: rounds are being committed

    /**
     * A group.
     *
     * @param commit commits several at once, and returns what came of each, in their order; throws if none was committed,
     *     or if that is unknown
     * @param background where rounds are committed
     */
    public GroupCommit(Function<List<T>, List<R>> commit, Executor background) {
        this.commit = commit;
        this.background = background;
    }

    private record Entry<T, R>(T item, CompletableFuture<R> result) {}

    /** What a future brings, waited for through interrupts; throws what it ended with. */
    public static <R> R await(CompletableFuture<R> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw thrownHere(e.getCause());
        } catch (InterruptedException e) {
            // Whether the item is committed is no longer in our hands; only waiting tells.
            Thread.currentThread().interrupt();
            return joinUninterrupted(result);
        }
    }

    private static <R> R joinUninterrupted(CompletableFuture<R> result) {
        try {
            return result.join(); // does not look at the interrupt flag
        } catch (CompletionException e) {
            throw thrownHere(e.getCause());
        }
    }

    /** What the commit threw, as it is. */
    private static RuntimeException thrownHere(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }

    /** Commits this in the background. */
    public CompletableFuture<R> commitAsync(T item) {
        CompletableFuture<R> result = new CompletableFuture<>();
        boolean first;
        lock.lock();
        try {
            waiting.add(new Entry<>(item, result));
            first = !busy;
            busy = true;
        } finally {
            lock.unlock();
        }
        if (first) {
            try {
                background.execute(this::commitRounds);
            } catch (RejectedExecutionException e) {
                commitRounds(); // closing: whoever is here does it, so that nobody is forgotten
            }
        }
        return result;
    }

    private void commitRounds() {
        for (List<Entry<T, R>> round = nextRound(); !round.isEmpty(); round = nextRound()) {
            commit(round);
        }
    }

    private List<Entry<T, R>> nextRound() {
        lock.lock();
        try {
            List<Entry<T, R>> round = new ArrayList<>();
            while (!waiting.isEmpty() && round.size() < MAX_GROUP) {
                round.add(waiting.remove());
            }
            busy = !round.isEmpty();
            return round;
        } finally {
            lock.unlock();
        }
    }

    /** Commits together; if that fails, one by one, so that whoever is to blame fails alone. */
    private void commit(List<Entry<T, R>> round) {
        List<R> results;
        try {
            results = commit.apply(round.stream().map(Entry::item).toList());
        } catch (RuntimeException | Error e) {
            boolean everybodys = e instanceof Error || (e instanceof StoreException store && store.isUnavailable());
            if (round.size() > 1 && !everybodys) {
                round.forEach(entry -> commit(List.of(entry)));
            } else {
                round.forEach(entry -> entry.result.completeExceptionally(e));
            }
            return;
        }
        for (int i = 0; i < round.size(); i++) {
            round.get(i).result.complete(results.get(i));
        }
    }

    /** How many wait for a round that has not begun. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
