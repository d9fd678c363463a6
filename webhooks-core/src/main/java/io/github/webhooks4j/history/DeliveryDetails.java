package io.github.webhooks4j.history;

import io.github.webhooks4j.delivery.AttemptDetails;
import io.github.webhooks4j.delivery.Delivery;
import java.util.List;
import java.util.Objects;

/**
 * A delivery with its attempts.
 *
 * @param delivery as it is now
 * @param attempts all that were made, in their order
 */
public record DeliveryDetails(Delivery delivery, List<AttemptDetails> attempts) {
    /** Copies the attempts. */
    public DeliveryDetails {
        Objects.requireNonNull(delivery, "delivery");
        attempts = List.copyOf(attempts);
    }
}
