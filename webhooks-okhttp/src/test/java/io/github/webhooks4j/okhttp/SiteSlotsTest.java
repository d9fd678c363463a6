package io.github.webhooks4j.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many threads of the resolver the names of a site may occupy. */
class SiteSlotsTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong nanos = new AtomicLong();
    private final SiteSlots slots = new SiteSlots(nanos::get);

    @Test
    void siteIsWhatSomebodyHasRegistered() {
        assertThat(SiteSlots.site("a.b.example.co.uk")).isEqualTo("example.co.uk");
        assertThat(SiteSlots.site("example.com")).isEqualTo("example.com");
        assertThat(SiteSlots.site("localhost")).isEqualTo("localhost");
    }

    @Test
    void sitesWithoutAnswerShareAQuarterOfTheThreadsUntilTheyAnswer() throws InterruptedException {
        for (int i = 0; i < 16; i++) {
            slots.slow("site-" + i);
            assertThat(slots.acquire("site-" + i, 0)).isTrue();
        }
        assertThat(slots.acquire("site-1", 0)).isFalse();
        assertThat(slots.acquire("other", 0)).isTrue();

        slots.answered("site-1");
        assertThat(slots.acquire("site-1", 0)).isTrue();
        assertThat(slots.acquire("site-2", 0)).isTrue();
        assertThat(slots.acquire("site-2", 0)).isFalse();
        nanos.set(MINUTE + 1);
        assertThat(slots.acquire("site-2", 0)).isTrue();
    }

    /** A dozen hostile sites would have all of them otherwise. */
    @Test
    void sitesThatDidNotAnswerWithinAnHourLeaveSomeThreadsToThoseThatHaveNone() throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            assertThat(slots.acquire("site-" + i % 12, 0)).isTrue();
        }
        assertThat(slots.acquire("site-11", 0)).as("a fourth one").isFalse();
        for (int i = 0; i < 8; i++) {
            assertThat(slots.acquire("new-" + i, 0)).isTrue();
        }
        assertThat(slots.acquire("new-9", 0)).isFalse();

        slots.release("site-11");
        assertThat(slots.acquire("site-11", 0)).isFalse();
        assertThat(slots.acquire("new-9", 0)).isTrue();
    }

    @Test
    void sitesThatDidNotAnswerWithinAnHourShareThreeQuartersOfTheThreads() throws InterruptedException {
        slots.answered("proven");
        for (int i = 0; i < 48; i++) {
            assertThat(slots.acquire("site-" + i, 0)).isTrue();
        }
        assertThat(slots.acquire("site-1", 0)).isFalse();
        assertThat(slots.acquire("other", 0)).isFalse();
        nanos.set(60 * MINUTE);
        assertThat(slots.acquire("proven", 0)).isTrue();
        nanos.incrementAndGet();
        assertThat(slots.acquire("proven", 0)).isFalse();

        slots.answered("site-1");
        slots.answered("site-2");
        assertThat(slots.acquire("site-1", 0)).isTrue();
        assertThat(slots.acquire("other", 0)).isTrue();
    }
}
