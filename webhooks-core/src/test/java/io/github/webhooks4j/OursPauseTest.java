package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.delivery.Failure;
import io.github.webhooks4j.engine.OursPause;
import io.github.webhooks4j.transport.Transport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often a node tries again while the trouble is on its own side. */
class OursPauseTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long now = Long.MAX_VALUE - SECOND; // the clock may overflow
    private final OursPause pause = new OursPause(now);

    private long next() {
        pause.begin(now);
        long seconds = (pause.until() - now) / SECOND;
        assertThat(pause.isOver(pause.until() - 1)).isFalse();
        now = pause.until();
        assertThat(pause.isOver(now)).isTrue();
        return seconds;
    }

    @Test
    void pauseDoublesUpToThirtySeconds() {
        assertThat(pause.isOver(now)).isTrue();
        assertThat(List.of(next(), next(), next(), next(), next(), next(), next()))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void attemptsThatFailTogetherMakeOnePause() {
        pause.begin(now);
        long until = pause.until();
        pause.begin(now);
        pause.begin(until - 1);

        assertThat(pause.until()).isEqualTo(until);
        now = until;
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void attemptWithoutTroubleMakesTheNextPauseShortAgain() {
        next();
        next();
        pause.forget();

        assertThat(next()).isEqualTo(1);
        assertThat(next()).isEqualTo(2);
    }

    @Test
    void engineWaitsLongerEachTimeUntilAnAttemptIsNotOurs() {
        try (SteppedClient node = new SteppedClient().open()) {
            node.register("a", "*");
            List<Long> seconds = new ArrayList<>();
            long start = node.clock.now().getEpochSecond();
            node.transport.answerAll(request -> {
                seconds.add(node.clock.now().getEpochSecond() - start);
                return seconds.size() == 5 ? Answer.of(500) : Answer.failed(Failure.OURS);
            });

            node.client.publish(Event.of("x", 1));
            node.record();
            node.elapse(Duration.ofSeconds(24));

            assertThat(seconds).containsExactly(0L, 1L, 3L, 7L, 15L, 20L, 21L, 23L);
        }
    }
}
