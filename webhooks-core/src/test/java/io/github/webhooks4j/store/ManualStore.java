package io.github.webhooks4j.store;

import java.time.InstantSource;

/** The in-memory store on a clock of the test's own. */
public final class ManualStore {
    private ManualStore() {}

    /** An empty store whose clock this is. */
    public static DeliveryStore on(InstantSource clock) {
        return new InMemoryStore(clock);
    }
}
