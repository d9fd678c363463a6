package io.github.webhooks4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfirmationsTest {
    private final Lanes lanes = new Lanes(new Lanes.Limits(5, 10, 1_000, 10_000, 100, Duration.ofSeconds(10)));
    private final Confirmations confirmations =
            new Confirmations(DeliveryStore.inMemory(), lanes, Ticker.system(), held -> {});

    /** On a node that only publishes, nobody would ever take it out. */
    @Test
    void nothingIsKeptOfWhatIsNotSentFromHere() {
        Confirmations.Batch hinted = confirmations.add(List.of(), Long.MAX_VALUE - 1);
        Confirmations.Batch lookedFor = confirmations.add(List.of(), Long.MAX_VALUE - 1);

        confirmations.hinted(hinted);
        confirmations.lookFor(lookedFor);

        assertThat(confirmations.next()).isEqualTo(Long.MAX_VALUE);
    }
}
