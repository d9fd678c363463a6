package io.github.webhooks4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.webhooks4j.store.StoreException;
import io.github.webhooks4j.store.UnknownCommitException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How publishers share a transaction. */
class GroupCommitTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private final List<List<Integer>> rounds = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch firstBegan = new CountDownLatch(1);
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);

    private final GroupCommit<Integer, String> group = new GroupCommit<>(this::commit, background);

    @AfterEach
    void close() {
        threads.shutdownNow();
        background.shutdownNow();
    }

    /** The number 0 holds its round up until the test lets it end; negative numbers cannot be committed. */
    private List<String> commit(List<Integer> items) {
        rounds.add(items);
        if (items.contains(0)) {
            firstBegan.countDown();
            await(firstMayEnd);
        }
        if (items.stream().anyMatch(item -> item < 0)) {
            throw new StoreException("refused");
        }
        return items.stream().map(item -> "done " + item).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts a round that is held up, and returns once the given items wait behind it. */
    private List<Future<String>> behindTheFirst(int... items) throws Exception {
        List<Future<String>> results = new ArrayList<>();
        results.add(threads.submit(() -> GroupCommit.await(group.commitAsync(0))));
        await(firstBegan);
        for (int item : items) {
            results.add(threads.submit(() -> GroupCommit.await(group.commitAsync(item))));
        }
        while (group.waiting() < items.length) {
            Thread.onSpinWait();
        }
        firstMayEnd.countDown();
        return results;
    }

    @Test
    void loneCommitReturnsItsResult() {
        assertThat(GroupCommit.await(group.commitAsync(1))).isEqualTo("done 1");
        assertThat(GroupCommit.await(group.commitAsync(2))).isEqualTo("done 2");
        assertThat(rounds).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void whoComesMeanwhileSharesTheNextRound() throws Exception {
        List<Future<String>> results = behindTheFirst(1, 2, 3);

        assertThat(results.get(0).get()).isEqualTo("done 0");
        assertThat(results.get(1).get()).isEqualTo("done 1");
        assertThat(results.get(2).get()).isEqualTo("done 2");
        assertThat(results.get(3).get()).isEqualTo("done 3");
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(1)).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void oneThatCannotBeCommittedFailsAlone() throws Exception {
        List<Future<String>> results = behindTheFirst(1, -2, 3);

        assertThat(results.get(1).get()).isEqualTo("done 1");
        assertThatThrownBy(() -> results.get(2).get()).hasRootCauseMessage("refused");
        assertThat(results.get(3).get()).isEqualTo("done 3");
    }

    @Test
    void unknownCommitIsToldToAllAndNotRepeated() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        GroupCommit<Integer, String> lost = new GroupCommit<>(
                items -> {
                    commits.incrementAndGet();
                    throw new UnknownCommitException(List.of("e"), new IllegalStateException());
                },
                background);

        assertThatThrownBy(() -> GroupCommit.await(lost.commitAsync(1))).isInstanceOf(UnknownCommitException.class);
        assertThatThrownBy(() -> lost.commitAsync(2).get()).hasCauseInstanceOf(UnknownCommitException.class);
        assertThat(commits).hasValue(2);
    }

    @Test
    void storeThatIsAwayIsAskedOnceForAll() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        GroupCommit<Integer, String> away = new GroupCommit<>(
                items -> {
                    await(begin);
                    commits.incrementAndGet();
                    throw new StoreException("away", true, new IllegalStateException());
                },
                background);
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            results.add(away.commitAsync(i));
        }
        begin.countDown();

        for (CompletableFuture<String> result : results) {
            assertThatThrownBy(() -> result.get(5, TimeUnit.MINUTES))
                    .hasRootCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(commits).hasValueLessThanOrEqualTo(3);
    }

    @Test
    void asyncCommitsCompleteWithoutAWaitingThread() throws Exception {
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            results.add(group.commitAsync(i));
        }
        for (int i = 1; i <= 1000; i++) {
            assertThat(results.get(i - 1).get(5, TimeUnit.MINUTES)).isEqualTo("done " + i);
        }
    }

    @Test
    void asyncCommitsCompleteThoughTheBackgroundIsShutDown() throws Exception {
        background.shutdown();

        assertThat(group.commitAsync(1).get(5, TimeUnit.MINUTES)).isEqualTo("done 1");
    }

    @Test
    void manyThreadsEachGetTheirOwnResult() throws Exception {
        List<Future<Boolean>> results = new ArrayList<>();
        for (int thread = 1; thread <= 16; thread++) {
            int base = thread * 1000;
            results.add(threads.submit(() -> {
                for (int i = base; i < base + 200; i++) {
                    assertThat(i % 3 == 0 ? group.commitAsync(i).get() : GroupCommit.await(group.commitAsync(i)))
                            .isEqualTo("done " + i);
                }
                return true;
            }));
        }
        for (Future<Boolean> result : results) {
            assertThat(result.get(5, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(rounds.stream().mapToInt(List::size).sum()).isEqualTo(16 * 200);
    }
}
