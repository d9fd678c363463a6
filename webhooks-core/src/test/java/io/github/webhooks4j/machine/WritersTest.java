package io.github.webhooks4j.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Webhooks whose rows are locked leave a thread to the others. */
class WritersTest {
    private final ManualClock clock = new ManualClock();
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<String> written = new ArrayList<>();
    private boolean noThread;
    private final Writers writers = new Writers(this::start, clock);

    private void start(Runnable task) {
        if (noThread) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        threads.add(task);
    }

    private void write(String webhookId, Duration takes) {
        writers.execute(webhookId, () -> {
            written.add(webhookId);
            clock.advance(takes);
        });
    }

    private void run() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void slowOnesTakeOneThreadTogether() {
        for (String locked : List.of("a", "b", "c")) {
            write(locked, Duration.ofSeconds(5));
        }
        run();
        written.clear();

        for (String locked : List.of("a", "b", "c")) {
            write(locked, Duration.ofSeconds(5));
        }
        write("d", Duration.ZERO);
        assertThat(threads).as("one of the slow ones, and the other").hasSize(2);
        run();

        assertThat(written).containsExactly("a", "d", "b", "c");
    }

    @Test
    void webhookWhoseRowIsFreeAgainIsAsAnyOther() {
        write("a", Duration.ofSeconds(5));
        write("b", Duration.ofSeconds(5));
        run();
        write("a", Duration.ZERO);
        run();

        write("b", Duration.ofSeconds(5));
        write("a", Duration.ZERO);
        assertThat(threads).hasSize(2);
    }

    @Test
    void taskThatThrowsHoldsUpNoOther() {
        write("a", Duration.ofSeconds(5));
        run();
        writers.execute("a", () -> {
            clock.advance(Duration.ofSeconds(5));
            throw new IllegalStateException("locked");
        });
        write("a", Duration.ZERO);
        assertThatThrownBy(this::run).hasMessage("locked");
        written.clear();

        run();

        assertThat(written).containsExactly("a");
    }

    /** Two wait when there is no thread for the second: the first's goes on. */
    @Test
    void slowOnesAreWrittenToTheEndThoughThereIsNoThread() {
        write("a", Duration.ofSeconds(5));
        write("b", Duration.ofSeconds(5));
        run();
        written.clear();

        write("a", Duration.ofSeconds(5));
        write("b", Duration.ofSeconds(5));
        Runnable first = threads.remove();
        noThread = true;
        first.run();
        assertThat(written).containsExactly("a", "b");

        assertThatThrownBy(() -> write("a", Duration.ZERO)).isInstanceOf(OutOfMemoryError.class);
        noThread = false;
        write("b", Duration.ZERO);
        run();
        assertThat(written).as("and no other waits for ever").containsExactly("a", "b", "b");
    }

    @Test
    void closedThreadsAreSaidToBe() {
        Writers closed = new Writers(
                task -> {
                    throw new RejectedExecutionException("closed");
                },
                clock);

        assertThatThrownBy(() -> closed.execute("a", () -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
