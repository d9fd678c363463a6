package io.github.webhooks4j;

import io.github.webhooks4j.delivery.Attempt;
import io.github.webhooks4j.delivery.Delivery;
import io.github.webhooks4j.delivery.DeliveryState;
import io.github.webhooks4j.engine.Reports;
import java.util.List;

/** What follows from an outcome: listeners are told, then the state of its webhook learns from it. */
record Learning(Announcer announcer, StatusChanges statuses) implements Reports {
    @Override
    public void recorded(Delivery delivery, List<Attempt> attempts, boolean probe, Runnable learned) {
        attempts.forEach(attempt -> announcer.attempted(delivery, attempt));
        if (delivery.state() != DeliveryState.PENDING) {
            announcer.ended(delivery);
        }
        if (!attempts.isEmpty()) {
            statuses.attempted(delivery, attempts.get(attempts.size() - 1), probe, learned);
        }
    }
}
