package io.github.webhooks4j.store;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import java.util.List;
import java.util.Optional;

/** What happened to deliveries. */
public interface DeliveryHistory {
    /** One delivery as it is now; empty if the event or its delivery to this webhook is unknown. */
    Optional<Delivery> find(Optional<String> tenant, String eventId, String webhookId);

    /** The attempts of a delivery, in their order. */
    List<Attempt> attempts(Optional<String> tenant, String eventId, String webhookId);
}
