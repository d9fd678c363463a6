package io.github.webhooks4j.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A loop goes on whatever its steps do, until they say that it is over. */
class LoopTest {
    private final BlockingQueue<Duration> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> steps = new LinkedBlockingQueue<>();
    private final Loop loop = new Loop("test-loop", this::step);

    private Duration step() {
        steps.add(Thread.currentThread().getName());
        Duration answer = answers.poll();
        if (answer == null) {
            throw new AssertionError("a defect");
        }
        return answer;
    }

    private String nextStep() throws InterruptedException {
        return steps.poll(5, TimeUnit.MINUTES);
    }

    @Test
    void itIsMadeUntilItIsOver() throws Exception {
        answers.add(Duration.ZERO);
        answers.add(Duration.ofMillis(1));
        answers.add(Loop.OVER);
        loop.start();

        assertThat(loop.awaitEnd(Duration.ofSeconds(30).toNanos())).isTrue();
        assertThat(steps).hasSize(3).containsOnly("webhooks4j-test-loop");
    }

    @Test
    void defectEndsNoLoop() throws Exception {
        loop.start();
        assertThat(nextStep()).isNotNull();
        answers.add(Loop.OVER);

        assertThat(loop.awaitEnd(Duration.ofSeconds(30).toNanos())).isTrue();
    }

    @Test
    void whoeverWakesItHasAStepMade() throws Exception {
        answers.add(Loop.UNTIL_WOKEN);
        loop.start();
        assertThat(nextStep()).isNotNull();
        assertThat(loop.awaitEnd(0)).isFalse();

        answers.add(Loop.OVER);
        loop.wake();

        assertThat(loop.awaitEnd(Duration.ofSeconds(30).toNanos())).isTrue();
    }

    @Test
    void loopThatWasNeverStartedNeedsNoEnd() throws Exception {
        assertThat(loop.awaitEnd(0)).isTrue();
    }
}
