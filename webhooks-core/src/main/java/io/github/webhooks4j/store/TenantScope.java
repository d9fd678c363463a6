package io.github.webhooks4j.store;

import java.util.Objects;
import java.util.Optional;

/**
 * Which tenants a call is about: one tenant, no tenant, or all.
 *
 * @param everything whether the call is about everything, whatever the tenant
 * @param tenant otherwise the tenant; empty for things without a tenant
 */
public record TenantScope(boolean everything, Optional<String> tenant) {
    /** Everything, whatever the tenant. */
    public static final TenantScope ALL = new TenantScope(true, Optional.empty());

    /** Things without a tenant. */
    public static final TenantScope NONE = new TenantScope(false, Optional.empty());

    /** Checks that there is no tenant if the call is about everything. */
    public TenantScope {
        Objects.requireNonNull(tenant, "tenant");
        if (everything && tenant.isPresent()) {
            throw new IllegalArgumentException("the scope is either everything or one tenant, not both");
        }
    }

    /** Things of this tenant; things without a tenant if it is empty. */
    public static TenantScope of(Optional<String> tenant) {
        return new TenantScope(false, tenant);
    }

    /** What this scope has of one tenant, or all of it if none is asked for; empty if that tenant is not in it. */
    public Optional<TenantScope> narrowedTo(Optional<String> asked) {
        return asked.isEmpty() ? Optional.of(this) : includes(asked) ? Optional.of(of(asked)) : Optional.empty();
    }

    /** Whether the scope includes things of this tenant; of no tenant if it is empty. */
    public boolean includes(Optional<String> of) {
        return everything || tenant.equals(of);
    }
}
