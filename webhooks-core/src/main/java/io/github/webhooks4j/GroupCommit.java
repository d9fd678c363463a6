package io.github.webhooks4j;

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
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Lets publishers that come at the same time share one transaction. The first that finds nobody at it commits for all who
 * wait, itself included; who comes meanwhile waits for the next round. Nobody waits for company.
 *
 * @param <T> what is committed
 * @param <R> what each commit brings
 */
final class GroupCommit<T, R> {
    private static final int MAX_GROUP = 256;

    private final Function<List<T>, List<R>> commit;
    private final Executor background;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Entry<T, R>> waiting = new ArrayDeque<>(); // guarded by lock
    private boolean busy; // guarded by lock: somebody leads, or was asked to

    /**
     * A group.
     *
     * @param commit commits several at once, and returns what came of each, in their order; throws if none was committed
     * @param background where rounds are led that nobody waits for
     */
    GroupCommit(Function<List<T>, List<R>> commit, Executor background) {
        this.commit = commit;
        this.background = background;
    }

    /** One who waits: told either that its result is there or that it is to lead the next round. */
    private record Entry<T, R>(T item, boolean async, CompletableFuture<R> result, CompletableFuture<Boolean> turn) {
        Entry(T item, boolean async) {
            this(item, async, new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    /** Commits this and returns when it is durable; throws what the commit threw. */
    R commit(T item) {
        Entry<T, R> entry = new Entry<>(item, false);
        if (enqueue(entry) || entry.turn.join()) {
            lead();
        }
        return result(entry.result);
    }

    /** Commits this in the background. */
    CompletableFuture<R> commitAsync(T item) {
        Entry<T, R> entry = new Entry<>(item, true);
        if (enqueue(entry)) {
            leadInBackground();
        }
        return entry.result;
    }

    private void leadInBackground() {
        try {
            background.execute(this::lead);
        } catch (RejectedExecutionException e) {
            lead(); // closing: whoever is here does it, so that nobody is forgotten
        }
    }

    /** Tells whether whoever enqueued is to lead. */
    private boolean enqueue(Entry<T, R> entry) {
        lock.lock();
        try {
            waiting.add(entry);
            boolean leads = !busy;
            busy = true;
            return leads;
        } finally {
            lock.unlock();
        }
    }

    /** Commits one round and passes the lead on. */
    private void lead() {
        List<Entry<T, R>> round = nextRound();
        List<Consumer<Entry<T, R>>> endings = new ArrayList<>();
        try {
            commit.apply(round.stream().map(Entry::item).toList())
                    .forEach(result -> endings.add(entry -> entry.result.complete(result)));
        } catch (RuntimeException | Error e) {
            if (round.size() > 1 && !(e instanceof UnknownCommitException)) {
                round.forEach(entry -> endings.add(this::commitAlone));
            } else {
                round.forEach(entry -> endings.add(one -> one.result.completeExceptionally(e)));
            }
        } finally {
            passOn();
        }
        for (int i = 0; i < round.size(); i++) {
            endings.get(i).accept(round.get(i));
            round.get(i).turn.complete(false);
        }
    }

    /** A shared transaction failed: whoever is to blame fails alone. */
    private void commitAlone(Entry<T, R> entry) {
        try {
            entry.result.complete(commit.apply(List.of(entry.item)).get(0));
        } catch (RuntimeException | Error e) {
            entry.result.completeExceptionally(e);
        }
    }

    private List<Entry<T, R>> nextRound() {
        lock.lock();
        try {
            List<Entry<T, R>> round = new ArrayList<>();
            while (!waiting.isEmpty() && round.size() < MAX_GROUP) {
                round.add(waiting.remove());
            }
            return round;
        } finally {
            lock.unlock();
        }
    }

    private void passOn() {
        Entry<T, R> next;
        lock.lock();
        try {
            next = waiting.peek();
            busy = next != null;
        } finally {
            lock.unlock();
        }
        if (next != null && next.async) {
            leadInBackground();
        } else if (next != null) {
            next.turn.complete(true);
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

    private R result(CompletableFuture<R> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException store) {
                throw store;
            }
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            // Whether the event was stored is decided elsewhere; only waiting tells.
            R outcome = result.join();
            Thread.currentThread().interrupt();
            return outcome;
        }
    }
}
