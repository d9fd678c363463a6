package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.webhooks4j.store.Documents;
import io.github.webhooks4j.store.ForwardingDocuments;
import io.github.webhooks4j.store.ForwardingStore;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that takes long to say which webhooks have changed. */
class SlowStoreTest {
    private Duration takes = Duration.ZERO;

    private final SteppedClient other = new SteppedClient();
    private final SteppedClient node = new SteppedClient(
            other,
            settings -> settings.store(
                    ForwardingStore.withDocuments(settings.store(), documents -> new ForwardingDocuments(documents) {
                        @Override
                        public Documents.Changes changedSince(Instant since) {
                            other.clock.advance(takes);
                            return super.changedSince(since);
                        }
                    })));

    @AfterEach
    void close() {
        node.close();
        other.close();
    }

    /** What is published by another node is looked for and claimed. */
    private int sent(int events) {
        for (int i = 0; i < events; i++) {
            other.client.publish(Event.of("x", i));
            step();
        }
        step();
        return node.requestsTo("a").size();
    }

    private void step() {
        other.clock.advance(Duration.ofSeconds(6));
        node.step();
    }

    @Test
    void storeThatIsSlowStopsNoRequest() {
        node.open().register("a", "*");
        other.clock.advance(Duration.ofSeconds(2)); // until the other knows
        try (Logged logged = new Logged()) {
            takes = Duration.ofSeconds(9);

            assertThat(sent(5)).isEqualTo(5);
            assertThat(logged.lines("Deliveries are slow"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("WARN", "the database is slow", "up to 30.0 s", "connections of the pool"));

            takes = Duration.ZERO;
            node.elapse(Duration.ofMinutes(1));
            node.elapse(Duration.ofMinutes(1));
            assertThat(logged.lines("not slow any more")).hasSize(1);
            assertThat(logged.lines("no request is made")).isEmpty();
        }
    }

    @Test
    void viewThatIsTooOldWhateverTheReasonStopsAllRequestsAndTheLogSaysSoOnce() {
        node.open().register("a", "*");
        other.clock.advance(Duration.ofSeconds(2)); // until the other knows
        try (Logged logged = new Logged()) {
            takes = Duration.ofSeconds(40);

            assertThat(sent(5)).isZero();
            assertThat(logged.lines("no request is made"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("WARN", "Nothing is lost", "connections of the pool"));

            takes = Duration.ZERO;
            assertThat(sent(1)).isPositive();
            assertThat(logged.lines("requests are made again")).hasSize(1);
        }
    }
}
