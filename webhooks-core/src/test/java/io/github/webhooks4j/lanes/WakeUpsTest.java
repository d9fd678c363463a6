package io.github.webhooks4j.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WakeUpsTest {
    private static final long BUCKET = 20_000_000;

    private final WakeUps wakeUps = new WakeUps();

    @Test
    void nothingIsNext() {
        assertThat(wakeUps.next()).isEqualTo(Long.MAX_VALUE);
        assertThat(wakeUps.until(Long.MAX_VALUE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 20000000",
        "19999999, 20000000",
        "20000000, 20000000",
        "20000001, 40000000",
        "-1, 0",
        "-20000000, -20000000",
        "-20000001, -20000000",
        "-39999999, -20000000",
    })
    void timeIsRoundedUpToABucket(long nanos, long next) {
        wakeUps.add("a", nanos);

        assertThat(wakeUps.next()).isEqualTo(next);
    }

    @Test
    void nothingWakesBeforeItsTime() {
        wakeUps.add("a", BUCKET);

        assertThat(wakeUps.until(BUCKET - 1)).isEmpty();
        assertThat(wakeUps.next()).isEqualTo(BUCKET);
    }

    @Test
    void webhookWakesWhenItsTimeHasCome() {
        wakeUps.add("a", BUCKET);

        assertThat(wakeUps.until(BUCKET)).containsExactly("a");
    }

    @Test
    void webhookWakesOnce() {
        wakeUps.add("a", BUCKET);
        wakeUps.until(BUCKET);

        assertThat(wakeUps.until(Long.MAX_VALUE)).isEmpty();
        assertThat(wakeUps.next()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void webhookIsNamedOnceForOneBucket() {
        wakeUps.add("a", 1);
        wakeUps.add("a", BUCKET);

        assertThat(wakeUps.until(BUCKET)).containsExactly("a");
    }

    @Test
    void earlierTimesWakeFirst() {
        wakeUps.add("later", 3 * BUCKET);
        wakeUps.add("sooner", BUCKET);
        wakeUps.add("last", 5 * BUCKET);

        assertThat(wakeUps.next()).isEqualTo(BUCKET);
        assertThat(wakeUps.until(4 * BUCKET)).containsExactly("sooner", "later");
        assertThat(wakeUps.next()).isEqualTo(5 * BUCKET);
    }

    @Test
    void theirNumberIsBounded() {
        fill();

        wakeUps.add("one too many", BUCKET);

        assertThat(wakeUps.next()).isEqualTo(2 * BUCKET);
        assertThat(wakeUps.until(Long.MAX_VALUE)).hasSize(100_000).doesNotContain("one too many");
    }

    @Test
    void thereIsRoomAgainAfterTheyWoke() {
        fill();
        wakeUps.until(Long.MAX_VALUE);

        wakeUps.add("a", BUCKET);

        assertThat(wakeUps.next()).isEqualTo(BUCKET);
    }

    @Test
    void repetitionTakesNoRoom() {
        for (int i = 0; i < 200_000; i++) {
            wakeUps.add("a", BUCKET);
        }

        wakeUps.add("b", BUCKET);

        assertThat(wakeUps.until(BUCKET)).containsExactlyInAnyOrder("a", "b");
    }

    private void fill() {
        for (int i = 0; i < 100_000; i++) {
            wakeUps.add("w" + i, 2 * BUCKET);
        }
    }
}
