package io.github.webhooks4j;

import io.github.webhooks4j.contract.TenantContract;
import io.github.webhooks4j.store.DeliveryStore;

/** What tenants see of each other, in the in-memory store. */
class TenantsApartTest extends TenantContract {
    @Override
    protected DeliveryStore newStore() {
        return DeliveryStore.inMemory();
    }
}
