package io.github.webhooks4j.store;

import io.github.webhooks4j.contract.DeliveryStoreContract;
import io.github.webhooks4j.machine.ManualClock;
import java.time.Duration;

class InMemoryStoreTest extends DeliveryStoreContract {
    private final ManualClock clock = new ManualClock();

    @Override
    protected DeliveryStore openStore() {
        DeliveryStore store = ManualStore.on(clock);
        store.open();
        return store;
    }

    @Override
    protected void elapse(Duration duration) {
        clock.advance(duration);
    }
}
