package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.DeliveryState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes outcomes for tests. */
public final class Outcomes {
    private Outcomes() {}

    /** An outcome with attempts of which no more is known. */
    public static Outcome of(Claimed claimed, List<Attempt> attempts, DeliveryState state, Duration delay) {
        return new Outcome(claimed, attempts.stream().map(AttemptDetails::of).toList(), state, delay);
    }

    /** A delivery that nobody ever stored or claimed. */
    public static Claimed madeUp(Claim claim) {
        StoredEvent event = new StoredEvent(
                claim.event(),
                claim.event().toString(),
                Optional.empty(),
                "made.up",
                Instant.EPOCH,
                "application/json",
                true,
                Map.of(),
                new byte[] {'1'});
        return new Claimed(claim, 0, Instant.EPOCH, Instant.EPOCH, event);
    }
}
